/** Letters that YAML does not take as they are in a quoted text, though JSON does; halves of pairs have no meaning anywhere. */
const UNPRINTABLE =
  /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** A text as a double-quoted scalar of YAML 1.1 and 1.2. */
export function yamlText(text: string): string {
  return JSON.stringify(text).replace(
    UNPRINTABLE,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
