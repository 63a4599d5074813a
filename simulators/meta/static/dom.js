// Builds nodes from text only: nothing a customer or a business writes is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

const PATHS = {
  send: "M4 12 20 4l-5 16-3.5-6.5L4 12Zm7.5 1.5L20 4",
  attach: "M12 5v14M5 12h14",
  list: "M8 7h12M8 12h12M8 17h12M4 7h.01M4 12h.01M4 17h.01",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c.8-3.6 3.6-5.5 7-5.5s6.2 1.900 7 5.500",
  close: "M6 6l12 12M18 6 6 18",
  pin: "M12 21s7-6.200 7-11.500A7 7 0 0 0 5 9.500C5 14.800 12 21 12 21Zm0-9a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9.500h.01",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  theme: "M12 4a8 8 0 1 0 8 8 6 6 0 0 1-8-8Z",
  link: "M14 5h5v5M19 5l-8 8M17 14v5H5V7h5",
  sound: "M5 10v4h3l4 4V6L8 10H5Zm10-1.500a4 4 0 0 1 0 7",
  upload: "M12 16V5M7.500 9.500 12 5l4.500 4.500M5 19h14",
};

/** *bold*, _italic_, ~strike~, ```mono``` and links, as nodes. */
export function formatted(text, rich) {
  const pattern = rich
    ? /```([^`]+)```|\*([^*\n]+)\*|_([^_\n]+)_|~([^~\n]+)~|(https?:\/\/[^\s<>"']+)/g
    : /()()()()(https?:\/\/[^\s<>"']+)/g;
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    nodes.push(text.slice(last, match.index));
    const [whole, mono, bold, italic, strike, url] = match;
    if (url) nodes.push(anchor(url, url));
    else nodes.push(h(mono ? "code" : bold ? "strong" : italic ? "em" : "s", {}, mono || bold || italic || strike));
    last = match.index + whole.length;
  }
  nodes.push(text.slice(last));
  return nodes;
}

export function anchor(url, ...label) {
  const safe = /^(https?:\/\/|tel:)/i.test(String(url));
  return safe ? h("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, ...label) : h("span", {}, ...label);
}
