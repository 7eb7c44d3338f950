/** A value that is made when it is first asked for: for schemas and tables that most runs of a program do without. */
export function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => (made ??= { value: make() }).value
}
