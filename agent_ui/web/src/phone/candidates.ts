/** When the description of this end of the sound may be sent. Pure. */

export interface Candidate {
  protocol?: string | null;
  address?: string | null;
}

/**
 * How many ms to wait after this candidate before what is known so far is sent; null: for the end of the gathering, which comes by itself.
 *
 * Only one that sound can reach counts. A description that has no UDP yet says port 9 at 0.0.0.0, which Asterisk takes for "on hold": on a busy
 * machine the candidates of TCP do come first now and then. One of IPv6 alone may be of no use to the other end.
 *
 * With candidates of this machine only, the first one is enough and its siblings come within milliseconds; a hidden page does not even wait
 * for those, since its timers may be a second late. With STUN or TURN half a second is given to them.
 */
export function patience({ protocol, address }: Candidate, servers: boolean, hidden: boolean): number | null {
  if (protocol !== 'udp' || address?.includes(':')) return null;
  if (servers) return 500;
  return hidden ? 0 : 5;
}

/**
 * The description (SDP) with an address that is one. A page that may not use the microphone keeps its addresses to itself: its candidates are
 * names (mDNS), and the address of the whole is 0.0.0.0, which Asterisk takes for "on hold" (apply_negotiated_sdp_stream). Sound goes where the
 * candidates' checks come from; until then it may go to Asterisk's own machine, port 9, where nobody listens.
 */
export function addressed(sdp: string): string {
  return sdp.replace(/^c=IN IP4 0\.0\.0\.0/gm, 'c=IN IP4 127.0.0.1');
}
