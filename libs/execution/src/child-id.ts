import { formatUuid, sha256, stampUuidV7 } from '@symphainy/kernel';

/**
 * The id of the child that this attempt of this step may have: UUIDv7-shaped, with the parent's time, so that it sorts near it.
 * Derived, so an adopter that repeats the attempt asks for the same child and cannot make a second one.
 */
export function childIdOf(parentExecutionId: string, step: string, attempt: number): string {
  const bytes = sha256(`child\n${parentExecutionId}\n${step}\n${attempt}`).slice(0, 16);
  return formatUuid(stampUuidV7(bytes, Number.parseInt(parentExecutionId.slice(0, 8) + parentExecutionId.slice(9, 13), 16)));
}
