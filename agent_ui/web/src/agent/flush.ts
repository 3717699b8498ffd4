/** The half-filled forms that are open on this page: what must reach the server before a call is given away. */

/** A transfer does not wait longer for a server that is slow. */
const FLUSH_WITHIN = 1_000;

/** What the server has of each call that lies on the desk now, and what to do when it must have the rest at once. */
export const open = new Map<string, { kept: string; flush: () => Promise<void> }>();

/** Brings the form of this call to the server now, if anything of it is only here. */
export async function flushDraft(call: string): Promise<void> {
  const late = new Promise<void>(resolve => setTimeout(resolve, FLUSH_WITHIN));
  await Promise.race([open.get(call)?.flush(), late]);
}
