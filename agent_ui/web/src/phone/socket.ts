/**
 * The WebSocket that SIP goes over, as the SIP library wants one; two things it does better than the library's own: an attempt that hangs is
 * given up after 4 s, and the browser's word that the network is gone or back counts at once.
 */

const ATTEMPT = 4_000;

export class SipSocket {
  readonly sip_uri: string;
  via_transport: string;
  onconnect: () => void = () => {};
  ondisconnect: (error: boolean, code?: number, reason?: string) => void = () => {};
  ondata: (data: unknown) => void = () => {};
  #ws: WebSocket | null = null;

  constructor(readonly url: string) {
    const { protocol, host } = new URL(url);
    this.sip_uri = `sip:${host};transport=ws`;
    this.via_transport = protocol === 'wss:' ? 'WSS' : 'WS';
    addEventListener('offline', this.#lost);
  }

  connect(): void {
    if (this.#ws) return;
    const ws = new WebSocket(this.url, 'sip');
    this.#ws = ws;
    ws.binaryType = 'arraybuffer';
    const late = setTimeout(() => this.#lost(), ATTEMPT);
    ws.onopen = () => {
      clearTimeout(late);
      this.onconnect();
    };
    ws.onmessage = ({ data }) => this.ondata(data);
    ws.onclose = ({ wasClean, code, reason }) => {
      clearTimeout(late);
      if (this.#ws !== ws) return;
      this.#ws = null;
      this.ondisconnect(!wasClean, code, reason);
    };
  }

  disconnect(): void {
    const ws = this.#ws;
    this.#ws = null;
    if (ws) ws.onopen = ws.onmessage = null;
    ws?.close();
  }

  /** Not used again: hears no more of the network. */
  retire(): void {
    removeEventListener('offline', this.#lost);
    this.disconnect();
  }

  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    if (!this.isConnected() || !this.#ws) return false;
    this.#ws.send(message as string);
    return true;
  }

  isConnected(): boolean {
    return this.#ws?.readyState === WebSocket.OPEN;
  }

  isConnecting(): boolean {
    return this.#ws?.readyState === WebSocket.CONNECTING;
  }

  /** Does not wait for a good-bye that may never come. */
  #lost = (): void => {
    const ws = this.#ws;
    if (!ws) return;
    this.#ws = null;
    ws.onopen = ws.onmessage = null;
    ws.close();
    this.ondisconnect(true);
  };
}
