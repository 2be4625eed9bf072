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
        // At most so many texts at once, of which those that are too long are cut (its `pymodels.py`).
        quirks: { lacks: NO_CONVERSATION, tokenInputs: false, batchInputs: 2_048, batchDocuments: 2_048 },
      },
    ],
    serves: ['rerank'],
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
          ranking: { objects: true, images: true },
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
    serves: ['rerank'],
    // It reads all documents at once (https://jina.ai/models/jina-reranker-v3).
    models: [
      {
        match: /^jina-reranker-v3/,
        capabilities: { operations: ['rerank'] },
        quirks: { comparableScores: false },
      },
    ],
    docs: 'https://jina.ai/embeddings',
  },
  {
    name: 'tei',
    title: 'Text Embeddings Inference',
    keyVariables: [],
    // It takes 32 texts at once unless it was started with another --max-client-batch-size, and cuts none unless it was told to. Vectors
    // are at /embeddings as well as at /v1/embeddings, rankings at /rerank alone, with a list for an answer (`router/src/http`).
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'http://127.0.0.1:8080',
        quirks: {
          lacks: NO_CONVERSATION,
          batchInputs: 32,
          batchDocuments: 32,
          ranking: { documents: 'texts', topN: false },
        },
      },
    ],
    serves: ['rerank'],
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
          // https://docs.voyageai.com/reference/reranker-api
          batchDocuments: 1_000,
          ranking: { topN: 'top_k' },
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
    serves: ['rerank'],
    priceId: 'voyageai',
    // https://docs.voyageai.com/docs/pricing: tokens of the question count with every document.
    prices: [
      { models: /^rerank-.*lite/, input: '0.02' },
      { models: /^rerank-/, input: '0.05' },
    ],
    docs: 'https://docs.voyageai.com',
  },
]
