// The one way to the API: JSON in, JSON out, every refusal as a typed ApiError.
import type { Problem } from "../types/api";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null,
    readonly params: Record<string, string | number>,
    readonly requestId: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

// The request may or may not have arrived: no answer came back.
export class NetworkError extends Error {
  constructor() {
    super("network");
    this.name = "NetworkError";
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Query = Record<string, string | number | undefined>;

const refused = new Set<(error: ApiError) => void>();
const signedOut = new Set<() => void>();

// Called on every 401 of a route other than login itself.
export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

// Called on every refusal, for facts that a refusal teaches (such as a suspended subscription).
export function onRefused(listener: (error: ApiError) => void): () => void {
  refused.add(listener);
  return () => refused.delete(listener);
}

export function announceSignedOut(): void {
  for (const listener of signedOut) listener();
}

export function withQuery(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

export async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  if (!response.ok) throw await problem(response, path);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

async function send(method: Method, path: string, body: unknown): Promise<Response> {
  const init: RequestInit = { method, credentials: "same-origin" };
  if (body !== undefined) {
    init.headers = { "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  try {
    return await fetch(path, init);
  } catch {
    throw new NetworkError();
  }
}

async function problem(response: Response, path: string): Promise<ApiError> {
  const given = await readProblem(response);
  if (response.status === 401 && !path.startsWith("/api/auth/")) announceSignedOut();
  const error = new ApiError(
    response.status,
    given?.code ?? "http",
    given?.message ?? response.statusText,
    given?.field ?? null,
    given?.params ?? {},
    given?.request_id ?? response.headers.get("x-request-id") ?? "",
  );
  for (const listener of refused) listener(error);
  return error;
}

async function readProblem(response: Response): Promise<Problem | null> {
  try {
    const body = (await response.json()) as { error?: Problem };
    return body.error ?? null;
  } catch {
    return null; // a proxy's HTML page, or nothing at all
  }
}

export const get = <T>(path: string, query?: Query) => call<T>("GET", withQuery(path, query));
export const post = <T>(path: string, body?: unknown) => call<T>("POST", path, body);
export const put = <T>(path: string, body: unknown) => call<T>("PUT", path, body);
export const patch = <T>(path: string, body: unknown) => call<T>("PATCH", path, body);
export const remove = (path: string) => call<void>("DELETE", path);

// Worth another try by itself: no answer, or a fault that may pass.
export function isPassing(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  return error instanceof ApiError && (error.status >= 500 || error.status === 429);
}
