/** Rows of one transaction of a sequence. */
export const PAGE_ROWS = 2000

/**
 * A sequence that is read in pages, each by one transaction.
 *
 * @param page gives at most {@link PAGE_ROWS} rows after the given one, or the first ones
 */
export async function* pages<Row>(
  page: (after: Row | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<Row, void, undefined> {
  let after: Row | undefined
  for (;;) {
    const rows = await page(after)
    yield* rows
    if (rows.length < PAGE_ROWS) return
    after = rows.at(-1)
  }
}

/** All items of a sequence. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}
