import { z } from 'zod'
import { ageSchema, sizeSchema } from './values.ts'

/** What is kept of answers for clients that go on from them by their ids. */
export const responsesSchema = z
  .strictObject({
    store: z
      .boolean({ error: 'true or false' })
      .default(true)
      .describe(
        'Whether answers are kept, with what was asked, for clients that ask so (`store`), or that leave it open in an API in which that means yes. With false no id leads anywhere.',
      ),
    retention: ageSchema
      .prefault('24h')
      .describe('How long an answer is kept after it was given or last gone on from, or forever.'),
    size: sizeSchema
      .prefault('1GB')
      .describe(
        'How much room all of them take before those go that were not used for longest, or unlimited.',
      ),
    project_size: sizeSchema
      .prefault('256MB')
      .describe('The same for those of one project, or of one key without a project.'),
  })
  .describe('Answers that are kept for the clients they were given to, prompts included.')
