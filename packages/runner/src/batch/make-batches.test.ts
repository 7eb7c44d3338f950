import { expect, test } from 'vitest'
import { elementsOf, type TaskGroup } from './make-batches.ts'

/** Only how many tasks there are counts here. */
function group(count: number, more: Partial<TaskGroup> = {}): TaskGroup {
  const tasks = Array.from({ length: count }, () => ({}) as TaskGroup['tasks'][number])
  return { data: 'shared', cores: 1, memoryMb: 0, timeoutMs: 0, priority: 0, directives: [], tasks, ...more }
}

const minutes = 60_000

test.each([
  ['as many as can run at a time', group(200), 4, { elements: 4, elementMs: 0 }],
  ['no more than tasks', group(2), 100, { elements: 2, elementMs: 0 }],
  ['by the cores that a task takes', group(200, { cores: 4 }), 10, { elements: 2, elementMs: 0 }],
  ['one for each where the site does not tell its size', group(9), undefined, { elements: 9, elementMs: 0 }],
  ['one for each that is carried', group(9, { data: 'carried' }), 4, { elements: 9, elementMs: 0 }],
  [
    'short tasks share half an hour',
    group(100, { timeoutMs: 5 * minutes }),
    4,
    { elements: 17, elementMs: 30 * minutes },
  ],
  [
    'long tasks are alone',
    group(100, { timeoutMs: 60 * minutes }),
    4,
    { elements: 100, elementMs: 60 * minutes },
  ],
  [
    'a task that is larger than the site still gets one',
    group(3, { cores: 64 }),
    4,
    { elements: 1, elementMs: 0 },
  ],
])('%s', (_, tasks, slots, expected) => {
  expect(elementsOf(tasks, slots)).toEqual(expected)
})
