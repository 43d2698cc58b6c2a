/**
 * Checks a launch configuration against the attribute table and fills in the defaults. Raises one clear error for the first thing that is wrong. The
 * editor marks the same mistakes earlier, but a configuration may also come from a command, a task or another client.
 */
import { sessionErrors } from '../util/errors.js';
import {
  defaultConfiguration,
  IMAGE_ATTRIBUTES,
  LAUNCH_ATTRIBUTES,
  type Attribute,
  type LaunchConfiguration,
} from './configuration.js';

const ARTICLES: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'an object',
};

/** The value as an error message shows it: its JSON, cut where it gets long. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function list(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items[items.length - 1]}`;
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

/** What the attribute must be, in words. */
function wanted(attribute: Attribute): string {
  if (attribute.enum) return list(attribute.enum.map((value) => JSON.stringify(value)));
  if (attribute.patternErrorMessage) return attribute.patternErrorMessage;
  const types = typeof attribute.type === 'string' ? [attribute.type] : attribute.type;
  const words = list(types.map((type) => ARTICLES[type]));
  return attribute.exclusiveMinimum === undefined ? words : `${words} above ${attribute.exclusiveMinimum}`;
}

function fits(attribute: Attribute, value: unknown): boolean {
  const types: readonly string[] = typeof attribute.type === 'string' ? [attribute.type] : attribute.type;
  if (!types.some((type) => hasType(type, value))) return false;
  if (attribute.enum && !attribute.enum.some((allowed) => allowed === value)) return false;
  if (typeof value === 'string' && attribute.pattern && !new RegExp(attribute.pattern).test(value.trim())) return false;
  if (typeof value !== 'number') return true;
  return (
    (attribute.minimum === undefined || value >= attribute.minimum) &&
    (attribute.exclusiveMinimum === undefined || value > attribute.exclusiveMinimum)
  );
}

/** How the attribute of a launch configuration is called in errors. */
export function attributeLabel(name: string): string {
  return `"${name}" in the launch configuration`;
}

/** What is wrong with a value: what it must be and what it is, or undefined if it is right. Looks at the value itself, not into lists and objects. */
export function complaint(attribute: Attribute, value: unknown): { wanted: string; got: string } | undefined {
  return fits(attribute, value) ? undefined : { wanted: wanted(attribute), got: show(value) };
}

function check(name: string, attribute: Attribute, value: unknown): void {
  const wrong = complaint(attribute, value);
  if (wrong) throw sessionErrors.wrongType(attributeLabel(name), wrong.wanted, wrong.got);
  if (Array.isArray(value) && attribute.items) {
    for (const [i, item] of value.entries()) check(`${name}[${i}]`, attribute.items, item);
  }
  if (attribute.properties) checkObject(name, attribute, value as Readonly<Record<string, unknown>>);
}

function checkObject(name: string, attribute: Attribute, value: Readonly<Record<string, unknown>>): void {
  const known = attribute.properties ?? {};
  for (const required of attribute.required ?? []) {
    if (value[required] === undefined) throw sessionErrors.missingAttribute(required, attributeLabel(name));
  }
  for (const [key, item] of Object.entries(value)) {
    if (!Object.hasOwn(known, key)) {
      throw sessionErrors.unknownAttribute(key, attributeLabel(name), list(Object.keys(known)));
    }
    if (item !== undefined) check(`${name}.${key}`, known[key], item);
  }
}

/**
 * The configuration with defaults in place of what is missing. Attributes that are not ours (VS Code adds many) are dropped.
 * @throws UserError 600, 601, 605, 606
 */
export function validateConfiguration(raw: Readonly<Record<string, unknown>>): LaunchConfiguration {
  const checked: Record<string, unknown> = { ...defaultConfiguration() };
  for (const [name, attribute] of Object.entries(LAUNCH_ATTRIBUTES)) {
    const value = raw[name];
    if (value === undefined || value === null) continue;
    check(name, attribute, value);
    checked[name] = value;
  }
  const images = IMAGE_ATTRIBUTES.map((name) => checked[name]);
  const named = images.some((value) => (Array.isArray(value) ? value.length > 0 : value !== undefined && value !== ''));
  if (!named) throw sessionErrors.nothingToRun();
  return checked as unknown as LaunchConfiguration;
}
