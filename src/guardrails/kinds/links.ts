import { z } from 'zod'
import { createLinkLooker } from '../look-for-links.ts'
import { defineKind } from './kind.ts'

const HOST = 'a host such as example.com, or *.example.com for all below it'

/** Addresses that lead to hosts which are not on a list. */
export const links = defineKind({
  name: 'links',
  summary: 'addresses (link) and pictures of Markdown (image) whose host is not on a list',
  options: z.strictObject({
    allow: z
      .array(z.string({ error: HOST }).regex(/^(?:\*\.)?[a-z0-9.-]{1,253}$/i, { error: HOST }))
      .max(1_000, { error: 'at most 1000 hosts' })
      .default([])
      .describe('Hosts to which addresses may lead.'),
  }),
  compile: ({ allow }) => ({ looker: createLinkLooker(allow.map((host) => host.toLowerCase())) }),
})
