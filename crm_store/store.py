"""The store: one database with all its parts, opened and closed together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType

from sqlalchemy import text

from crm_store.accounts import Accounts
from crm_store.articles import Articles
from crm_store.attachments import Attachments
from crm_store.attempts import Attempts
from crm_store.audit import Audit
from crm_store.calendars import Calendars
from crm_store.callbacks import Callbacks
from crm_store.calls import Calls
from crm_store.campaign_law import checked_by
from crm_store.campaign_results import Results
from crm_store.campaigns import Campaigns
from crm_store.contacts import Contacts
from crm_store.country_profiles import Profiles, shipped
from crm_store.database import Database
from crm_store.days import Days
from crm_store.dial_lists import DialLists
from crm_store.dials import Dials
from crm_store.dispositions import Dispositions
from crm_store.do_not_call import DoNotCall
from crm_store.drafts import Drafts
from crm_store.figures import Figures
from crm_store.gaps import Gaps
from crm_store.habits import QueueHabits
from crm_store.interactions import Interactions
from crm_store.lawfulness import Lawfulness
from crm_store.leads import Leads
from crm_store.loads import Loads
from crm_store.lookup import look_up_of
from crm_store.lost_callers import LostOnes
from crm_store.mailboxes import Mailboxes
from crm_store.migrate import check_schema
from crm_store.orders import Orders
from crm_store.past_days import PastDays
from crm_store.pause_reasons import PauseReasons
from crm_store.phones import PhonePasswords
from crm_store.preferences import KeptPreferences
from crm_store.previews import Previews
from crm_store.promises import Promises
from crm_store.public_holidays import make_ready
from crm_store.queue_alarms import QueueAlarms
from crm_store.recordings import Recordings
from crm_store.records import Found
from crm_store.replies import Replies
from crm_store.reports import Reports
from crm_store.requests import Requests
from crm_store.rollups import Rollups
from crm_store.rules import Rules
from crm_store.saved_reports import SavedReports
from crm_store.segments import Segments
from crm_store.service_levels import ServiceLevels
from crm_store.service_tickets import ServiceTickets
from crm_store.sessions import Sessions
from crm_store.sharing_out import SharingOut
from crm_store.shifts import Shifts
from crm_store.state_times import StateTimes
from crm_store.suppressions import Suppressions
from crm_store.tasks import Tasks
from crm_store.tiers import TierRule, Tiers
from crm_store.todays_calls import TodaysCalls
from crm_store.users import Queues, Users, read_directory
from crm_store.webhooks import Webhooks
from crm_store.wrap_ups import WrapUps
from routing.events import Directory

DEFAULT_TIERS = TierRule()


class Store:
    """See the package's own text for what each part does. ``country`` reads numbers without an international prefix.

    ``tier_rule``: what customers' tiers follow from. ``profiles``: countries' rules for campaigns.
    """

    def __init__(
        self,
        database: Database,
        country: str = "EE",
        tier_rule: TierRule = DEFAULT_TIERS,
        profiles: Profiles | None = None,
    ) -> None:
        self.database = database
        self.country = country
        self.contacts = Contacts(database, country)
        self.accounts = Accounts(database)
        self.interactions = Interactions(database)
        self.calls = Calls(database)
        self.recordings = Recordings(database)
        self.users = Users(database)
        self.queues = Queues(database)
        self.rules = Rules(database)
        self.sessions = Sessions(database)
        self.phone_passwords = PhonePasswords(database)
        self.dials = Dials(database)
        self.audit = Audit(database)
        self.service_tickets = ServiceTickets(database)
        self.orders = Orders(database, tier_rule)
        self.tiers = Tiers(database, tier_rule)
        self.promises = Promises(database)
        self.tasks = Tasks(database, country)
        self.requests = Requests(database, country)
        self.replies = Replies(database)
        self.attachments = Attachments(database)
        self.mailboxes = Mailboxes(database)
        self.dispositions = Dispositions(database)
        self.pause_reasons = PauseReasons(database)
        self.calendars = Calendars(database)
        self.do_not_call = DoNotCall(database, country)
        self.suppressions = Suppressions(database, country)
        self.lawfulness = Lawfulness(database, profiles or shipped())
        self.attempts = Attempts(database, self.lawfulness.profiles)
        self.callbacks = Callbacks(database, self.requests, self.do_not_call, country)
        self.campaigns = Campaigns(database, country, (checked_by(database, self.lawfulness.profiles),))
        self.leads = Leads(database)
        self.dial_lists = DialLists(database)
        self.results = Results(database)
        self.previews = Previews(database, self.campaigns, self.leads, self.lawfulness.judged)
        self.segments = Segments(database, country)
        self.sharing_out = SharingOut(database, self.leads)
        self.articles = Articles(database)
        self.drafts = Drafts(database)
        self.preferences = KeptPreferences(database)
        self.webhooks = Webhooks(database)
        self.gaps = Gaps(database)
        self.wrap_ups = WrapUps(database, country, tier_rule)
        self.days = Days(database)
        self.past_days = PastDays(database)
        self.rollups = Rollups(database)
        self.figures = Figures(database)
        self.state_times = StateTimes(database)
        self.shifts = Shifts(database)
        self.reports = Reports(database, self.figures, self.state_times, self.shifts)
        self.habits = QueueHabits(database, self.figures, self.state_times)
        self.loads = Loads(self.figures)
        self.saved_reports = SavedReports(database)
        self.service_levels = ServiceLevels(database, self.figures)
        self.queue_alarms = QueueAlarms(database)
        self.lost_ones = LostOnes(database)
        self.todays_calls = TodaysCalls(database)
        self._look_up = look_up_of(database)

    @classmethod
    async def open(
        cls,
        url: str,
        country: str = "EE",
        tier_rule: TierRule = DEFAULT_TIERS,
        profiles: Profiles | None = None,
    ) -> Store:
        """Connects and compares the schema.

        Raises:
            StoreError: the url is none that Helin knows.
            StoreAway: no database there.
            SchemaMismatch: its schema is older, newer or absent.
        """
        database = Database(url)
        try:
            await check_schema(database)
        except BaseException:
            await database.close()
            raise
        return cls(database, country, tier_rule, profiles)

    async def close(self) -> None:
        await self._look_up.close()
        await self.database.close()

    async def __aenter__(self) -> Store:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def ping(self) -> None:
        """Raises StoreAway when the database cannot be reached."""
        async with self.database.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def look_up(self, e164: str) -> Found:
        """Who owns the number, and the last ten things that happened with them. Raises StoreAway."""
        try:
            return await self._look_up.ask(e164)
        except Exception as problem:
            self.database.explain(problem)
            raise

    async def directory(self) -> Directory:
        """Whose phone is whose, what the queues promise, and when they are open."""
        directory, calendars = await read_directory(self.database), await self.calendars.all()
        alarms = await self.queue_alarms.rules()
        plans = tuple(replace(one, alarms=alarms.get(one.name, ())) for one in directory.queues)
        await make_ready({(one.country, one.region) for one in calendars}, datetime.now(UTC).year)
        return replace(directory, calendars=calendars, queues=plans)
