import type { ProviderDefinition } from './provider.ts'

/** They answer for nothing but vectors and rankings. */
const NO_CONVERSATION = ['chat', 'count-tokens'] as const

/**
 * Companies and engines that make vectors and hold no conversations. Where a text is too long they are told to say so: left alone,
 * some cut it, and its vector is that of a part.
 */
export const EMBEDDERS: readonly ProviderDefinition[] = [
  {
    name: 'infinity-emb',
    title: 'Infinity',
    keyVariables: ['INFINITY_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'http://127.0.0.1:7997',
        quirks: { lacks: NO_CONVERSATION, tokenInputs: false },
      },
    ],
    docs: 'https://michaelfeil.eu/infinity',
  },
  {
    name: 'jina',
    title: 'Jina AI',
    keyVariables: ['JINA_API_KEY', 'JINA_AI_API_KEY'],
    keyPrefixes: ['jina_'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.jina.ai/v1',
        // https://api.jina.ai/redoc: whoever does not say `truncate` is refused what is too long.
        quirks: {
          lacks: NO_CONVERSATION,
          dropParams: ['user'],
          batchInputs: 512,
          tokenInputs: false,
          vectors: {
            images: true,
            encodings: { base64: 'embedding_type', binary: 'embedding_type', ubinary: 'embedding_type' },
            task: {
              field: 'task',
              words: {
                query: 'retrieval.query',
                document: 'retrieval.passage',
                classification: 'classification',
                clustering: 'separation',
                similarity: 'text-matching',
              },
            },
          },
        },
      },
    ],
    docs: 'https://jina.ai/embeddings',
  },
  {
    name: 'tei',
    title: 'Text Embeddings Inference',
    keyVariables: [],
    // It takes 32 texts at once unless it was started with another --max-client-batch-size, and cuts none unless it was told to.
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'http://127.0.0.1:8080/v1',
        quirks: { lacks: NO_CONVERSATION, batchInputs: 32 },
      },
    ],
    docs: 'https://huggingface.co/docs/text-embeddings-inference',
  },
  {
    name: 'voyage',
    title: 'Voyage AI',
    keyVariables: ['VOYAGE_API_KEY'],
    keyPrefixes: ['pa-'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.voyageai.com/v1',
        // https://docs.voyageai.com/reference/embeddings-api: it cuts what is too long unless it is told not to.
        quirks: {
          lacks: NO_CONVERSATION,
          renameParams: { dimensions: 'output_dimension' },
          dropParams: ['user'],
          addParams: { truncation: false },
          batchInputs: 1_000,
          batchTokens: 120_000,
          tokenInputs: false,
          vectors: {
            encodings: {
              base64: 'encoding_format',
              int8: 'output_dtype',
              uint8: 'output_dtype',
              binary: 'output_dtype',
              ubinary: 'output_dtype',
            },
            task: { field: 'input_type', words: { query: 'query', document: 'document' } },
          },
        },
      },
    ],
    priceId: 'voyageai',
    docs: 'https://docs.voyageai.com',
  },
]
