import type { Call } from '../protocol';

/**
 * The address of a queue's page for this call: `{number}`, `{contact}`, `{call}` and `{queue}` filled in, percent-encoded. Null for anything
 * but http and https: what callers choose can only ever be part of a path or a query.
 */
export function pageOf(
  template: string,
  call: Pick<Call, 'id' | 'number' | 'queue'>,
  contact: string,
): string | null {
  if (!/^https?:\/\/[^/{}]+(\/|$)/i.test(template)) return null;
  const values: Record<string, string> = {
    number: call.number ?? '',
    contact,
    call: call.id,
    queue: call.queue ?? '',
  };
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}
