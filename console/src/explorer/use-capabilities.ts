// The CapabilityStatement, asked for once in the life of the window: it changes only with the server.
import { getJson } from '../api/client.ts';
import type { Json } from '../api/types.ts';
import { type Answer, useAnswer } from '../api/use-answer.ts';
import { readCapabilities, type TypeCapability } from './capability.ts';

let held: Promise<readonly TypeCapability[]> | undefined;

async function readOnce(path: string): Promise<readonly TypeCapability[]> {
  held ??= getJson<Json>(path).then(readCapabilities);
  try {
    return await held;
  } catch (error) {
    // A later try asks again.
    held = undefined;
    throw error;
  }
}

export function useCapabilities(): Answer<readonly TypeCapability[]> {
  return useAnswer<readonly TypeCapability[]>('/fhir/R4/metadata', { read: readOnce });
}
