/** What a queue lives by, as the form holds it: texts, so that half-written figures are no trouble. Pure. */

import type { EmptyInterval, QueueRule, QueueSettings, RuleStep } from '../api';
import { levelsOf, rowsOf, type SkillRow } from './fields';

export const TIERS = ['A', 'B', 'C'] as const;
/** What the tiers are worth where the queue says nothing else. */
export const SHOP: Record<string, number> = { A: 5, B: 2, C: 1 };

export interface StepDraft {
  after: string;
  levels: Record<string, string>;
}

export interface RuleDraft {
  rule: QueueRule['rule'];
  target: string;
  longest: string;
  tiers: Record<string, string>;
  skills: SkillRow[];
  weights: Record<string, string>;
  steps: StepDraft[];
  lastAgent: string;
  short: string;
  empty: EmptyInterval;
}

const texts = (values: Record<string, number>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

export function draftOf(rule: QueueRule): RuleDraft {
  return {
    rule: rule.rule,
    target: String(rule.target_seconds),
    longest: String(rule.max_wait_seconds),
    tiers: texts(rule.tiers),
    skills: rowsOf(rule.skills),
    weights: texts(rule.weights),
    steps: rule.relax.map(step => ({ after: String(step.after_seconds), levels: texts(step.skills) })),
    lastAgent: String(rule.last_agent_seconds),
    short: String(rule.short_seconds),
    empty: rule.empty_interval,
  };
}

/** Of a queue's settings, the rule. */
export function ruleOf(queue: QueueSettings): QueueRule {
  const { rule, target_seconds, max_wait_seconds, tiers, skills, weights, relax } = queue;
  const { last_agent_seconds, short_seconds, empty_interval } = queue;
  return {
    rule,
    target_seconds,
    max_wait_seconds,
    tiers,
    skills,
    weights,
    relax,
    last_agent_seconds,
    short_seconds,
    empty_interval,
  };
}

const numbers = (values: Record<string, string>, least: number) =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value.trim() !== '' && Number(value) > least)
      .map(([name, value]) => [name, Number(value)]),
  );

/** Null while a figure is missing or a skill stands there twice. */
export function ruleFrom(draft: RuleDraft): QueueRule | null {
  const skills = levelsOf(draft.skills);
  const whole = [
    draft.target,
    draft.longest,
    draft.lastAgent,
    draft.short,
    ...draft.steps.map(step => step.after),
  ].map(Number);
  const levels = draft.skills.map(({ level }) => Number(level));
  if (!skills || whole.some(each => !Number.isInteger(each)) || levels.some(each => !Number.isInteger(each)))
    return null;
  const asked = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(numbers(values, 0)).filter(([name]) => name in skills));
  return {
    rule: draft.rule,
    target_seconds: Number(draft.target),
    max_wait_seconds: Number(draft.longest),
    tiers: numbers(draft.tiers, 0),
    skills,
    weights: asked(draft.weights),
    relax: draft.steps.map(
      ({ after, levels }): RuleStep => ({ after_seconds: Number(after), skills: asked(levels) }),
    ),
    last_agent_seconds: Number(draft.lastAgent),
    short_seconds: Number(draft.short),
    empty_interval: draft.empty,
  };
}

/** One more step, a minute later than the last, which asks for one level less of everything. */
export function nextStep(draft: RuleDraft): StepDraft {
  const last = draft.steps.at(-1);
  const before = last?.levels ?? Object.fromEntries(draft.skills.map(({ name, level }) => [name, level]));
  const levels = Object.entries(before).map(([name, level]) => [
    name,
    String(Math.max(0, Number(level) - 1)),
  ]);
  return { after: String(Number(last?.after ?? 0) + 60), levels: Object.fromEntries(levels) };
}

/** The fields in which two rules differ. */
export function differences(before: QueueRule, after: QueueRule): (keyof QueueRule)[] {
  return (Object.keys(after) as (keyof QueueRule)[]).filter(
    key => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
}
