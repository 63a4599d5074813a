// Mantine in our tokens: one accent, lines instead of shadows, controls of 32 px.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const indigo: MantineColorsTuple = [
  "#eef1ff", "#dde3ff", "#bcc6fb", "#98a8f6", "#7a8ff1", "#657ded", "#4d66e4", "#4057d6", "#3549b5", "#2b3b93",
]; // biome-ignore format: ten shades on one line
const dark: MantineColorsTuple = [
  "#e7e7ea", "#c5c6cc", "#a2a3ad", "#74757f", "#3a3b43", "#2a2b32", "#1f2026", "#111215", "#0d0e10", "#08090a",
]; // biome-ignore format: ten shades on one line

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: 7,
  colors: { indigo, dark },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "17px", xl: "22px" },
  defaultRadius: 8,
  respectReducedMotion: true,
  cursorType: "pointer",
  headings: { fontWeight: "620" },
  components: {
    Button: {
      defaultProps: { size: "sm" },
      vars: (_theme: unknown, props: { size?: unknown }) => ({
        root: {
          "--button-height": props.size === "xs" ? "28px" : "32px",
          "--button-padding-x": props.size === "xs" ? "10px" : "12px",
        },
      }),
    },
    ActionIcon: { defaultProps: { variant: "subtle", size: 32, color: "gray" } },
    TextInput: { defaultProps: { size: "sm" } },
    Modal: { defaultProps: { centered: true, radius: 12 } },
    Drawer: { defaultProps: { position: "right", size: 440 } },
    Menu: {
      defaultProps: {
        withinPortal: false,
        withInitialFocusPlaceholder: false,
        shadow: "md",
        transitionProps: { duration: 120 },
      },
    },
    Tooltip: { defaultProps: { openDelay: 350, transitionProps: { duration: 120 }, fz: 12 } },
  },
});

const shared = {
  "--mantine-color-body": "var(--k-bg)",
  "--mantine-color-text": "var(--k-text)",
  "--mantine-color-dimmed": "var(--k-mut)",
  "--mantine-color-placeholder": "var(--k-mut)",
  "--mantine-color-error": "var(--k-bad)",
  "--mantine-color-anchor": "var(--k-accent-text)",
  "--mantine-color-default-border": "var(--k-border)",
  "--mantine-color-default": "var(--k-bg)",
  "--mantine-color-default-hover": "var(--k-hover)",
  "--mantine-color-gray-light-hover": "var(--k-hover)",
  "--mantine-color-gray-outline-hover": "var(--k-hover)",
  "--mantine-color-gray-light-color": "var(--k-mut)",
  "--mantine-primary-color-light": "var(--k-sel)",
  "--mantine-primary-color-light-color": "var(--k-accent-text)",
};

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: shared,
});
