"""The store remembers: customers, calls, and the journal of all that happened. SQL is only here.

What others use (all of it is awaited unless said otherwise; times are aware UTC; ids are text)::

    await migrate(url)                                  crm_store.migrate     makes or upgrades the schema
    store = await Store.open(url, country="EE")         crm_store.store       StoreAway, SchemaMismatch: one clear line
    await store.close()
    await store.ping()                                  StoreAway when the database cannot be reached
    await store.look_up(e164) -> Found                  contacts (ids), tier, pop (JSON text); unknown number: NOBODY

    store.contacts   .search(q, number, after, limit) -> Page[Contact]   .get(id)   .names(ids) -> {id: name}
                     .add(ContactFields) -> Contact   .change(id, ContactFields) -> Contact | None   .remove(id) -> bool
    store.accounts   .search(q, after, limit) -> Page[Account]   .get(id)   .put(name, tier) -> Account
    store.interactions .of_contact(id, after, limit) -> Page[Interaction]   newest first
                     .add(contact, channel, at, direction, agent, disposition, note) -> Interaction
                     .note_call(call, agent, disposition, note, contact, at, caller) -> Interaction | None
                                                        the wrap-up of a call; contact: whom the agent chose, caller:
                                                        whom the number alone says; None when nobody is known
    store.calls      .page(CallFilter, after, limit) -> Page[Call]       newest first; Call is routing.story.Call
                     .get(id) -> CallFile | None        the call with its legs, and its facts in order
                     .open_calls(asterisk) -> tuple[Call, …]    .links() -> {asterisk: Link(boot, alive_at)}
    store.users      .all()   .get(id)   .by_login(login)   .remove(login)
                     .password_hash(login, active_only=True) -> str | None
                     .put(login, name, role, extension, interface, skills, active, password_hash=None,
                          phone="browser") -> Put
    store.queues     .all()   .by_name(name)   .put(name, mode, …, agents=(…)) -> Put   .remove(name)
                     Put(value, changed: field names; all of them when new; empty when it was so already)
    store.directory() -> routing.events.Directory
    store.sessions   .open(user_id, token, now, expires_at)   .find(token, now) -> Session | None (counts as seen)
                     .close(token)   .close_all(user_id)   .sweep(now)
                     .issue_ticket(ticket, session, now)   .redeem(ticket, now) -> Session | None   one use, 30 s
    store.service_tickets .page(TicketFilter, after, limit)   .get(id)   .add(contact, by, fields)   .change(id, fields)
    store.orders     .page(contact, status, …)   .get   .add(contact, by, lines, fields)   .change(id, fields, lines)
    store.promises   .page(contact, open, …)   .get   .add(contact, by, text, due_at, call)   .change(id, fields)
    store.tasks      .page(TaskFilter, …)   .get   .add(by, text, due_at, contact, fields)
                     .change(id, by, fields, owner_was) -> Task | None          Conflict: somebody was faster
    store.requests   .page(RequestFilter, …)   .get(id)   .open()   .changed(since)
                     .add(kind, queue, subject, now, fields, contact=, key=) -> Added(request, new)
                     .offer(id, agent, most, now)   .move(id, to, now, was=(…), agent_was=, agent=, …)
                     .done(id, agent, now, note)    .belongs_to(id, contact, now)     -> Request | None: too late
                     .cancel_of(number, now)        .time_up(now)                      -> those that changed
    store.replies    .begin(request, command, message_id, agent, text, now) -> (Reply, new)   .ended(id, trouble, now)
                     .of(request)                       store.mailboxes .get(name) -> ReadTo | None   .put(name, …)
    store.attachments .get(request, n) -> Attachment | None                          .sweep(before) -> int
    store.dispositions .all()   .of_queue(name)   .put_all(tree)   .put(some) -> {key: changed fields}
    store.pause_reasons .all()   .put_all(reasons)   .put(some) -> {key: changed fields}
    store.calendars  .all()   .by_name(name)   .put(CalendarFile, version) -> Put   .remove(name)
                     .alarm(name, Emergency | None) -> Calendar | None             routing.calendars.Calendar
    store.do_not_call .add(number, scope, by, reason, now) -> (Suppressed, new)   .remove(number, scope)
                     .scopes_of(number)   .page(number, after, limit)
    store.callbacks  .ask(number, queue, now, since, …) -> Added   .check(request, now)   .called(number, now)
                     .dialled(number, agent, call, reached, now) -> Request | None
    store.campaigns  .page(state, after, limit)   .get(id)   .by_name(name)   .running()   .faults(campaign, now)
                     .add(fields, by, now)   .change(id, fields, by, now, version) -> Put | None   .put(fields, by, now)
                     .start/.pause/.stop(id, by, now) -> Campaign | None      Refused: all that speaks against it
    store.leads      .next_leads(campaign, now, limit, agent=None)   .reserve(id, agent, now, seconds) -> Lead | None
                     .release(id, agent, now)   .call_back(id, at, agent, settings, now)   .skip(id, now)
                     .own(ids, owner, now)   .hand_over(campaign, from_, to, now)
                     .tidy(campaign, settings, now) -> int      callbacks that pass on or expire, what ran out
                     .recycle(campaign, settings, now) -> int
                     .get(id)   .page(campaign, LeadFilter, after, limit)
    store.sharing_out .take(campaign, agent, now) -> Lead | None, reserved   .share(campaign, now) -> {login: leads}
    store.dial_lists .of(campaign)   .get(id)   .add(campaign, fields, now)   .change(id, fields)
    store.segments   .refresh(campaign, now) -> int         leads of who has come into it   .count(rule, now)
    store.previews   .of(campaign, now) -> Preview   .page(campaign, list, now, after, limit)
    store.results    .of(campaign, by, from_, to)   .attempts(campaign, AttemptWish, after, limit)
    store.articles   .search(q, ArticleFilter, limit)   .page   .get   .add   .change   .put   .remove   .vote
    store.wrap_ups   .keep(call, WrapUp, now) -> bool   .owed(agent, queues)   .dispositions_of(agent, begin, end)
    store.drafts     .get(call, agent)   .put(call, agent, text, now)   .sweep(now)
                     .put_answer(request, agent, text, now)
    store.preferences .get(user_id)   .put(user_id, given, now)      store.days .of(agent, begin, end, now) -> Day
    store.phone_passwords .issued(endpoint, session, now)   .over(now) -> tuple[Issued, …]   .of_session(key)
                     .replaced(issued)                  which softphones have a password in force, and for whom
    store.dials      .begin(by, key, agent, to, channel, now) -> Dial | None
                     .answered(by, key, result)   .get(by, key)
    store.audit      .add(at, who, what, subject, detail)   .page(after, limit)
    Refused(field, message), Conflict(field, message)   the caller's fault      crm_store.errors

    journal = Journal(store, folder, max_bytes)         crm_store.journal
    async with journal: …                               replays the spool first, then writes behind
    journal.append(recorded)                            not awaited: one of the engine's ``hears``
    await journal.settled(seconds) -> bool              all that was appended is in the database
    journal.status -> JournalStatus                     lag_seconds, spool_bytes, away_since, refusing, refused, …
    await rebuild(store, progress) -> int               projections from the journal       crm_store.rebuild
    await import_contacts(store, path, mapping, …) -> Report                               crm_store.importing
    await import_leads(store, LeadFile, now, …) -> LeadReport                              crm_store.lead_import
    await fill(store, contacts=1000, seed=1) -> int     demo_numbers() -> numbers          crm_store.demo

    to_e164(text, country) -> str | None                crm_store.numbers, not awaited
    encode/decode(recorded), …_command, …_result        crm_store.codec, not awaited
"""
