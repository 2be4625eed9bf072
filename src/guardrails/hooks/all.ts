import { azure } from './azure.ts'
import { bedrock } from './bedrock.ts'
import type { Contract } from './contract.ts'
import { generic } from './generic.ts'
import { lakera } from './lakera.ts'
import { litellm } from './litellm.ts'
import { presidio } from './presidio.ts'

/** Every contract in which a server of guardrails can be asked. A further one is a file and a line here. */
export const CONTRACTS: readonly Contract[] = [generic, presidio, lakera, azure, bedrock, litellm]
