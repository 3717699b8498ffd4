import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DISPOSITIONS, PAUSE_REASONS } from './choices';
import en from './i18n/en.json';

const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter(
  name => /\.tsx?$/.test(name) && !name.includes('.test.') && !name.startsWith('dev'),
);
const sources = files.map(name => [name, readFileSync(join(__dirname, name), 'utf8')] as const);

it('has a word for each result and each reason', () => {
  for (const each of DISPOSITIONS) expect(en).toHaveProperty([`disposition.${each}`]);
  for (const each of PAUSE_REASONS) expect(en).toHaveProperty([`reason.${each}`]);
});

it('says each cause that the server knows for why no calls come', () => {
  const causes = readFileSync(join(__dirname, '../../../routing/why.py'), 'utf8');
  const codes = [...causes.matchAll(/^ {4}"(\w+)": "/gm)].map(found => found[1]);
  expect(codes.length).toBeGreaterThan(20);
  for (const code of codes) expect(en).toHaveProperty([`why.${code}`]);
});

it('says each fault for which a campaign cannot start', () => {
  const parts = [
    'routing/lawful/rules.py',
    'routing/lawful/starting.py',
    'crm_store/campaigns.py',
    'crm_store/campaign_law.py',
  ];
  const text = parts.map(name => readFileSync(join(__dirname, '../../..', name), 'utf8')).join('\n');
  const law = [...text.matchAll(/Against\("\w+", "(\w+)"/g)].map(found => found[1]);
  const own = [...text.matchAll(/Fault\("\w+", .*?"(\w+)"(?:, said)?\)/g)].map(found => found[1]);
  expect(law.length + own.length).toBeGreaterThan(18);
  for (const code of [...law, ...own]) expect(en).toHaveProperty([`campaigns.fault.${code}`]);
});

it('shows nothing as markup', () => {
  for (const [name, source] of sources)
    expect(/dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|document\.write/.test(source), name).toBe(
      false,
    );
});

it('says nothing that is not in the language files', () => {
  for (const [name, source] of sources.filter(each => each[0].endsWith('.tsx'))) {
    const said = [...source.matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)+)[.!?]?\s*</g)].map(found => found[1]);
    expect(said, name).toEqual([]);
  }
});
