import { detectorsReference } from './detectors-reference.ts'

console.log(detectorsReference())
