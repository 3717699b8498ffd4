/** Who sees what. The agent's desk comes with the frame, everything else when it is opened. */

import { lazy, Suspense, useEffect } from 'react';
import { Route, Switch } from 'wouter';
import { Desk } from './agent/desk-page';
import { openLive } from './live';
import type { Role } from './protocol';
import { sees } from './shell/roles';
import { Shell } from './shell/shell';

const ContactPage = lazy(() => import('./contacts/contact-page'));
const ContactsPage = lazy(() => import('./contacts/contacts-page'));
const CallsPage = lazy(() => import('./calls/calls-page'));
const CallPage = lazy(() => import('./calls/call-page'));
const DayPage = lazy(() => import('./day/day-page'));
const Floor = lazy(() => import('./floor/floor'));
const Users = lazy(() => import('./admin/users'));
const Queues = lazy(() => import('./admin/queues'));
const PauseReasons = lazy(() => import('./admin/pause-reasons'));
const Webhooks = lazy(() => import('./admin/webhooks'));
const GapsPage = lazy(() => import('./gaps/gaps-page'));
const WhatIfPage = lazy(() => import('./what-if/what-if-page'));
const ReportsPage = lazy(() => import('./reports/reports-page'));
const BehindPage = lazy(() => import('./reports/behind-page'));
const StaffingPage = lazy(() => import('./staffing/staffing-page'));
const HoursPage = lazy(() => import('./hours/hours-page'));
const CalendarPage = lazy(() => import('./hours/calendar-page'));
const CampaignsPage = lazy(() => import('./campaigns/campaigns-page'));
const CampaignPage = lazy(() => import('./campaigns/campaign-page'));
const NewCampaign = lazy(() => import('./campaigns/new-campaign'));
const WallPage = lazy(() => import('./wall/wall-page'));
const LostPage = lazy(() => import('./wall/lost-page'));
const AlarmsPage = lazy(() => import('./wall/alarms-page'));
const Tv = lazy(() => import('./wall/tv'));
const OnTheWall = lazy(() => import('./wall/on-the-wall'));
const QueuePage = lazy(() => import('./admin/queue-page'));

export default function Inside({ role }: { role: Role }) {
  useEffect(() => openLive(), []);
  const may = sees(role);
  if (role === 'viewer')
    return (
      <Suspense fallback={null}>
        <OnTheWall />
      </Suspense>
    );
  return (
    <Shell role={role}>
      <Suspense fallback={null}>
        <Switch>
          {may.floor && <Route path="/" component={Floor} />}
          <Route path={may.deskPath} component={Desk} />
          {may.wall && <Route path="/wall" component={WallPage} />}
          {may.rules && <Route path="/lost-callers" component={LostPage} />}
          {may.rules && <Route path="/alarms" component={AlarmsPage} />}
          {may.wall && <Route path="/wall/tv" component={Tv} />}
          <Route path="/day" component={DayPage} />
          <Route path="/contacts" component={ContactsPage} />
          <Route path="/contacts/:id">
            {({ id }) => <ContactPage key={id} id={decodeURIComponent(id)} />}
          </Route>
          <Route path="/calls" component={CallsPage} />
          <Route path="/calls/:id">{({ id }) => <CallPage key={id} id={decodeURIComponent(id)} />}</Route>
          {may.rules && <Route path="/hours" component={HoursPage} />}
          {may.rules && <Route path="/new-hours">{() => <CalendarPage name={null} />}</Route>}
          {may.rules && (
            <Route path="/hours/:name">
              {({ name }) => <CalendarPage key={name} name={decodeURIComponent(name)} />}
            </Route>
          )}
          {may.campaigns && <Route path="/campaigns" component={CampaignsPage} />}
          {may.runsCampaigns && <Route path="/new-campaign" component={NewCampaign} />}
          {may.campaigns && (
            <Route path="/campaigns/:id/:part?">
              {({ id, part }) => (
                <CampaignPage key={id} id={decodeURIComponent(id)} part={part ?? 'overview'} />
              )}
            </Route>
          )}
          {may.admin && <Route path="/users" component={Users} />}
          {may.admin && <Route path="/pauses" component={PauseReasons} />}
          {may.wall && <Route path="/reports" component={ReportsPage} />}
          {may.wall && <Route path="/reports/calls" component={BehindPage} />}
          {may.admin && <Route path="/webhooks" component={Webhooks} />}
          {may.rules && <Route path="/gaps" component={GapsPage} />}
          {may.rules && <Route path="/what-if" component={WhatIfPage} />}
          {may.rules && <Route path="/staffing" component={StaffingPage} />}
          {may.rules && <Route path="/queues" component={Queues} />}
          {may.admin && <Route path="/new-queue">{() => <QueuePage name={null} />}</Route>}
          {may.rules && (
            <Route path="/queues/:name">
              {({ name }) => <QueuePage key={name} name={decodeURIComponent(name)} />}
            </Route>
          )}
          <Route component={Desk} />
        </Switch>
      </Suspense>
    </Shell>
  );
}
