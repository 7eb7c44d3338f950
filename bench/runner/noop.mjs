// The function that does nothing.
export function noop() {}
