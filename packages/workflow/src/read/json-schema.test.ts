import { expect, test } from 'vitest'
import { documentJsonSchema } from './json-schema.ts'

test('describes what the readers read', () => {
  const schema = documentJsonSchema('workflow')
  expect(schema).toMatchObject({
    type: 'object',
    required: ['pegasus', 'name', 'jobs'],
    additionalProperties: false,
    patternProperties: { '^x-': {} },
    properties: {
      jobs: {
        type: 'array',
        minItems: 1,
        items: {
          required: ['type', 'id', 'arguments', 'uses'],
          properties: {
            id: { pattern: '^[-0-9A-Za-z_]+$' },
            uses: {
              items: { properties: { type: { enum: ['none', 'input', 'output', 'inout', 'checkpoint'] } } },
            },
          },
        },
      },
    },
  })
})

test.for(['workflow', 'sites', 'transformations', 'replicas'] as const)(
  'the schema of %s is plain JSON',
  (kind) => {
    const schema = documentJsonSchema(kind)
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
  },
)
