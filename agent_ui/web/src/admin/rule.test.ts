import { expect, it } from 'vitest';
import type { QueueRule } from '../api';
import { differences, draftOf, nextStep, ruleFrom } from './rule';

const RULE: QueueRule = {
  rule: 'helin',
  target_seconds: 20,
  max_wait_seconds: 300,
  tiers: { A: 8 },
  skills: { billing: 3 },
  weights: { billing: 30 },
  relax: [{ after_seconds: 60, skills: { billing: 1 } }],
  last_agent_seconds: 0,
  short_seconds: 5,
  empty_interval: 'none',
};

it('gives back the rule that it was filled with', () => {
  expect(ruleFrom(draftOf(RULE))).toEqual(RULE);
});

it('says nothing while a figure is half written, and forgets what a removed skill had', () => {
  expect(ruleFrom({ ...draftOf(RULE), target: '2.5' })).toBeNull();
  const twice = [...draftOf(RULE).skills, ...draftOf(RULE).skills];
  expect(ruleFrom({ ...draftOf(RULE), skills: twice })).toBeNull();
  expect(ruleFrom({ ...draftOf(RULE), skills: [] })).toMatchObject({
    skills: {},
    weights: {},
    relax: [{ after_seconds: 60, skills: {} }],
  });
  expect(ruleFrom({ ...draftOf(RULE), tiers: { A: '', B: '3' } })?.tiers).toEqual({ B: 3 });
});

it('suggests a step later that asks for less', () => {
  expect(nextStep(draftOf(RULE))).toEqual({ after: '120', levels: { billing: '0' } });
});

it('names what differs', () => {
  expect(differences(RULE, { ...RULE, tiers: {}, target_seconds: 30 })).toEqual(['target_seconds', 'tiers']);
});
