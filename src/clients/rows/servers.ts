import type { ClientRow, Front } from '../client-row.ts'

/*
 * Programs that serve people. Where each looks for its settings: https://docs.openwebui.com/reference/env-configuration,
 * https://www.librechat.ai/docs/configuration/librechat_yaml/object_structure/custom_endpoint, https://docs.n8n.io/integrations/builtin/credentials/openai/.
 */

/** What programs in containers have to know. */
const CONTAINER_NOTE =
  'In a container 127.0.0.1 is the container: say host.docker.internal, and have the gateway listen there (server.host).'

const openWebui: ClientRow = {
  name: 'open-webui',
  title: 'Open WebUI',
  aliases: ['openwebui'],
  dialect: 'openai-chat',
  base: '/v1',
  reads: 'the environment, or Admin Panel → Settings → Connections',
  environment: ({ url, key }) => ({
    OPENAI_API_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: key,
    ENABLE_FORWARD_USER_INFO_HEADERS: 'true',
  }),
  steps: ({ url, key }) => [
    'Admin Panel → Settings → Connections → OpenAI API → add a connection.',
    `URL: ${url}/v1`,
    `Key: ${key}`,
  ],
  program: { command: 'open-webui', install: 'python -m pip install open-webui' },
  notes: [
    'Variables count at its first start; afterwards what was saved in its settings goes before them.',
    'Titles, tags and follow-ups are requests of their own: give its task model a cheap route.',
    CONTAINER_NOTE,
  ],
}

const librechatEndpoint = ({ url, model, models }: Front) => ({
  name: 'Gatehouse',
  apiKey: '${GATEHOUSE_KEY}',
  baseURL: `${url}/v1`,
  models: { default: models.length === 0 ? [model] : models.map(({ id }) => id), fetch: true },
  titleConvo: true,
  titleModel: model,
  modelDisplayLabel: 'Gatehouse',
})

const librechat: ClientRow = {
  name: 'librechat',
  title: 'LibreChat',
  dialect: 'openai-chat',
  base: '/v1',
  reads: 'librechat.yaml and .env of the directory that it is started in',
  files: [
    {
      place: 'here',
      path: 'librechat.yaml',
      format: 'yaml',
      settings: (front) => [
        { path: ['version'], value: '1.2.1', onlyIfAbsent: true },
        { path: ['endpoints', 'custom', { name: 'Gatehouse' }], value: librechatEndpoint(front) },
      ],
    },
    {
      place: 'here',
      path: '.env',
      format: 'dotenv',
      hasKey: true,
      settings: ({ key }) => [{ path: ['GATEHOUSE_KEY'], value: key }],
    },
  ],
  notes: [
    'Run it in the directory of LibreChat. The models are fetched; the list is for when that fails.',
    CONTAINER_NOTE,
  ],
}

const n8n: ClientRow = {
  name: 'n8n',
  title: 'n8n',
  dialect: 'openai-responses',
  base: '/v1',
  reads: 'a credential, by hand',
  steps: ({ url, key, model }) => [
    'Credentials → add a credential → OpenAI.',
    `Base URL: ${url}/v1`,
    `API key: ${key}`,
    `OpenAI Chat Model → Model: ${model}`,
  ],
  notes: [
    'Its test of the credential asks for the list of models. "Use Responses API" may stay on: both languages are spoken here.',
    CONTAINER_NOTE,
  ],
}

/** The servers. */
export const SERVERS: readonly ClientRow[] = [openWebui, librechat, n8n]
