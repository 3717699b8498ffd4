/**
 * The phone on JsSIP, and nobody else knows JsSIP. SIP's sessions become lines (line.ts), SIP's words the port's (port.ts).
 *
 * A lost WebSocket ends no call: sound takes another way, and the session goes on over the next socket.
 */

import { UA } from 'jssip';
import type { RTCSession } from 'jssip/lib/RTCSession';
import type { IncomingRequest, IncomingResponse } from 'jssip/lib/SIPMessage';
import type { RTCSessionEvent } from 'jssip/lib/UA';
import { addressed, patience } from './candidates';
import { causeIn, type Ending, isUp, type Line, type LineEvent, lineAfter } from './line';
import { understands } from './offer';
import type { OpenPhone, PhoneEar } from './port';
import { countedIn } from './quality';
import { SipSocket } from './socket';

/** What the dialplan may put into the INVITE: the call's linkedid. */
const CALL_HEADER = 'X-Helin-Call';
/** In the INVITE that comes of the agent's own click to call: "now". */
const ANSWER_HEADER = 'X-Helin-Answer';
/** "Out of order", which the dialplan takes for a page that was reloaded or closed: the caller is kept. */
const GONE = ['Reason: Q.850;cause=27;text="The page is gone"'];
/** What an agent's own hang-up says. */
const BYE = ['Reason: Q.850;cause=16'];
const DIGIT_MS = 160;
const AGAIN_MS = 100;
/** SIP's word for "no format in common". */
const NOT_ACCEPTABLE = 488;

interface Session {
  line: Line;
  rtc: RTCSession;
}

export const openPhone: OpenPhone = (credentials, ear) => {
  const sessions = new Map<string, Session>();
  const socket = new SipSocket(credentials.websocket_url);
  const ua = new UA({
    // The library's types ask for its own class; it takes whatever has the methods.
    sockets: socket as never,
    uri: credentials.uri,
    authorization_user: credentials.username,
    password: credentials.password,
    register_expires: 300,
    connection_recovery_min_interval: 1,
    connection_recovery_max_interval: 2,
    no_answer_timeout: 180,
    user_agent: 'Helin',
  });
  const rtc = { iceServers: credentials.ice_servers ?? [] };
  listen(ua, ear);
  ua.on('newRTCSession', (event: RTCSessionEvent) => {
    if (String(event.originator) === 'remote') comes(event.session, event.request as IncomingRequest);
  });
  ua.start();

  function comes(session: RTCSession, request: IncomingRequest): void {
    const { uri, display_name } = session.remote_identity;
    const line: Line = {
      id: session.id,
      state: 'ringing',
      call: request.getHeader(CALL_HEADER)?.trim() || null,
      number: uri.user ?? '',
      name: display_name ?? '',
      muted: false,
      wanted: request.getHeader(ANSWER_HEADER)?.trim() === 'now',
    };
    if (understands(request.body ?? '', formats())) {
      follow(session, line);
      return;
    }
    session.terminate({ status_code: NOT_ACCEPTABLE });
    ear.ended(lineAfter(line, 'end'), { by: 'system', cause: null, status: NOT_ACCEPTABLE });
  }

  function follow(session: RTCSession, line: Line): void {
    const mine: Session = { line, rtc: session };
    sessions.set(line.id, mine);
    const step = (event: LineEvent) => change(mine, lineAfter(mine.line, event));
    const end = (event: { originator: unknown; message: IncomingRequest | IncomingResponse | null }) => {
      sessions.delete(line.id);
      for (const sender of session.connection?.getSenders() ?? []) sender.track?.stop();
      mine.line = lineAfter(mine.line, 'end');
      ear.ended(mine.line, endingOf(event));
    };
    session.on('confirmed', () => step('connect'));
    session.on('ended', end);
    session.on('failed', end);
    session.on('peerconnection', ({ peerconnection }) => hear(mine, peerconnection));
    session.on('sdp', description => {
      if (description.originator === 'local') description.sdp = addressed(description.sdp);
    });
    session.on('icecandidate', ({ candidate, ready }) => {
      const wait = patience(candidate, rtc.iceServers.length > 0, document.hidden);
      if (wait === 0) ready();
      else if (wait !== null) setTimeout(ready, wait);
    });
    if (session.connection) hear(mine, session.connection);
    ear.line(line);
  }

  function hear(mine: Session, connection: RTCPeerConnection): void {
    connection.addEventListener('track', ({ track, streams }) => {
      ear.sound(mine.line, streams[0] ?? new MediaStream([track]));
    });
  }

  function change(mine: Session, line: Line): void {
    if (line === mine.line) return;
    mine.line = line;
    ear.line(line);
  }

  /** Does it with the session, if that is still there; a library that says no to a double click is no fault of anybody. */
  function act(id: string, what: (session: Session) => void): void {
    const session = sessions.get(id);
    if (!session || session.rtc.isEnded()) return;
    what(session);
  }

  function holds(session: Session, event: 'hold' | 'resume'): void {
    change(session, lineAfter(session.line, event));
    settle(session);
  }

  /** The library says no while the change before is still on its way: the last wish is then carried out after it. */
  function settle({ line, rtc }: Session): void {
    if (!isUp(line) || rtc.isEnded() || rtc.isOnHold().local === (line.state === 'hold')) return;
    if (line.state === 'hold' ? rtc.hold() : rtc.unhold()) return;
    setTimeout(() => act(line.id, settle), AGAIN_MS);
  }

  function end(session: Session, headers: string[]): void {
    if (session.rtc.isEnded()) return;
    const refuse = session.line.state === 'ringing' || session.line.state === 'answering';
    session.rtc.terminate(refuse ? { status_code: 486 } : { extraHeaders: headers });
  }

  return {
    register(password) {
      if (password !== undefined) ua.set('password', password);
      if (ua.isConnected()) ua.register();
    },
    dial(number, microphone) {
      const host = credentials.uri.split('@')[1];
      const session = ua.call(`sip:${encodeURIComponent(number)}@${host}`, {
        mediaStream: microphone,
        pcConfig: rtc,
      });
      const line = { call: null, number, name: '', muted: false, wanted: false };
      follow(session, { id: session.id, state: 'dialling', ...line });
    },
    answer(id, microphone) {
      act(id, session => {
        if (session.line.state !== 'ringing') return;
        change(session, lineAfter(session.line, 'answer'));
        session.rtc.answer({ mediaStream: microphone, pcConfig: rtc });
      });
    },
    decline: id => act(id, session => end(session, BYE)),
    hangUp: id => act(id, session => end(session, BYE)),
    drop: id => act(id, session => end(session, GONE)),
    hold: id => act(id, session => holds(session, 'hold')),
    resume: id => act(id, session => holds(session, 'resume')),
    mute: (id, on) =>
      act(id, session => {
        if (on) session.rtc.mute({ audio: true });
        else session.rtc.unmute({ audio: true });
        change(session, { ...session.line, muted: on });
      }),
    digits: (id, digits) =>
      act(id, session => {
        session.rtc.sendDTMF(digits, { duration: DIGIT_MS, transportType: 'RFC2833' as never });
      }),
    speakWith(microphone) {
      for (const { rtc, line } of sessions.values()) {
        const track = microphone.getAudioTracks()[0]?.clone();
        const sender = rtc.connection?.getSenders().find(each => each.track?.kind === 'audio');
        if (!track || !sender) continue;
        track.enabled = !line.muted && line.state !== 'hold';
        sender.track?.stop();
        void sender.replaceTrack(track);
      }
    },
    async counted(id) {
      const connection = sessions.get(id)?.rtc.connection;
      if (!connection) return null;
      return countedIn((await connection.getStats()).values());
    },
    leave() {
      for (const session of [...sessions.values()]) if (session.line.state !== 'ringing') end(session, GONE);
    },
    stop() {
      this.leave();
      ua.stop();
      socket.retire();
    },
  };
};

function listen(ua: UA, ear: PhoneEar): void {
  ua.on('connecting', () => ear.registration({ state: 'connecting' }));
  ua.on('disconnected', () => ear.registration({ state: 'away' }));
  ua.on('registered', () => ear.registration({ state: 'registered' }));
  ua.on('unregistered', () => ear.registration({ state: ua.isConnected() ? 'off' : 'away' }));
  ua.on('registrationFailed', ({ response }) => {
    const status = response?.status_code ?? null;
    ear.registration(status === null ? { state: 'away' } : { state: 'refused', status });
  });
}

function formats(): string[] {
  return RTCRtpReceiver.getCapabilities('audio')?.codecs.map(each => each.mimeType) ?? ['audio/PCMU'];
}

function endingOf(event: {
  originator: unknown;
  message: IncomingRequest | IncomingResponse | null;
}): Ending {
  const { message } = event;
  const status = message && 'status_code' in message ? message.status_code : null;
  return {
    by: event.originator === 'local' ? 'here' : event.originator === 'remote' ? 'there' : 'system',
    cause: causeIn(message?.getHeader('Reason')),
    status: typeof status === 'number' && status >= 300 ? status : null,
  };
}
