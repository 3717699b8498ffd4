// @vitest-environment happy-dom

import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { ShownCampaign, ShownLead } from '../protocol';
import { begin, reduce } from '../reduce';
import { call, card, snapshot, T0 } from '../samples';
import { page } from '../test-page';
import LeadBeside, { filled } from './lead';

const campaign: ShownCampaign = {
  id: '3',
  name: 'Spring',
  mode: 'predictive',
  company: 'Aed OÜ',
  script: {
    first: 'hello',
    steps: {
      hello: {
        text: { en: 'Good day, {name}, this is {company}.', et: 'Tere, {name}!' },
        next: [
          { label: { en: 'Interested' }, to: 'offer' },
          { label: { en: 'Not now' }, disposition: 'not_now' },
        ],
      },
      offer: { text: { en: 'Yours is {plan}. {unknown}' }, next: [] },
    },
  },
};
const lead: ShownLead = {
  id: '7',
  name: '<b>Mari</b>',
  list: 'all',
  number: '+3725550123',
  fields: { Plan: 'Small', empty: '' },
  language: null,
  attempt: 2,
  disposition: null,
};

describe('the lead of a campaign', () => {
  it('is shown with the script, a step at a time, and with what the list said', async () => {
    await page(<LeadBeside campaign={campaign} lead={lead} />);
    const shown = screen.getByRole('region', { name: 'The campaign’s lead' });
    expect(within(shown).getByText('Good day, <b>Mari</b>, this is Aed OÜ.')).toBeTruthy();
    expect(within(shown).getByText('Small')).toBeTruthy();
    expect(within(shown).queryByText('empty')).toBeNull();
    await userEvent.click(within(shown).getByRole('button', { name: 'Interested' }));
    expect(within(shown).getByText('Yours is Small. {unknown}')).toBeTruthy();
    await userEvent.click(within(shown).getByRole('button', { name: 'Back' }));
    expect(within(shown).getByText('Not now')).toBeTruthy();
  });

  it('speaks the customer’s language', async () => {
    await page(<LeadBeside campaign={campaign} lead={{ ...lead, language: 'et' }} />);
    expect(screen.getByText('Tere, <b>Mari</b>!')).toBeTruthy();
  });

  it('comes with the ring, stays while the call changes, and goes with the pop', () => {
    const { picture } = begin(snapshot({ calls: [] }));
    const told = { at: T0, call: call('c1', {}) };
    const rang = reduce(picture, {
      type: 'call.ringing',
      seq: 1,
      ...told,
      contacts: [],
      history: [],
      campaign,
      lead,
    });
    expect(rang.calls.c1).toEqual({ ...card('c1'), contacts: [], history: [], campaign, lead });
    const held = reduce(rang, { type: 'call.held', seq: 2, ...told, agent: 'agent1' });
    expect(held.calls.c1?.lead).toBe(lead);
    const gone = reduce(held, { type: 'call.changed', seq: 3, ...told, contacts: null, history: null });
    expect(gone.calls.c1).toEqual(card('c1'));
  });

  it('leaves what it does not know as it is written', () => {
    expect(filled('{PLAN} {name} {}', campaign, lead)).toBe('Small <b>Mari</b> {}');
  });
});
