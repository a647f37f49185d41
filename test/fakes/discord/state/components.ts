import { z } from 'zod';
import { invalid } from '../problems.ts';
import { all } from './view.ts';

/** A component of a message or a modal, as far as the fake looks at it. */
export interface Component {
  type: number;
  id?: number | undefined;
  custom_id?: string | undefined;
  label?: string | null | undefined;
  style?: number | undefined;
  disabled?: boolean | undefined;
  url?: string | null | undefined;
  emoji?: { name?: string | null | undefined; id?: string | null | undefined } | null | undefined;
  content?: string | undefined;
  options?: { label: string; value: string }[] | undefined;
  components?: Component[] | undefined;
  accessory?: Component | undefined;
  component?: Component | undefined;
  required?: boolean | undefined;
  value?: string | undefined;
}

export const componentSchema: z.ZodType<Component> = z.lazy(() =>
  z.looseObject({
    type: z.number(),
    custom_id: z.string().min(1).max(100).optional(),
    label: z.string().max(80).nullish(),
    style: z.number().optional(),
    disabled: z.boolean().optional(),
    url: z.string().max(512).nullish(),
    emoji: z.looseObject({ name: z.string().nullish(), id: z.string().nullish() }).nullish(),
    content: z.string().max(4000).optional(),
    options: z
      .array(z.looseObject({ label: z.string().max(100), value: z.string().max(100) }))
      .max(25)
      .optional(),
    components: z.array(componentSchema).optional(),
    accessory: componentSchema.optional(),
    component: componentSchema.optional(),
  }),
);

const ROW = 1;
const BUTTON = 2;
const MOST_IN_ALL = 40;

/** Refuses what Discord refuses about the components of a message. @throws ApiError 50035 */
export function checkComponents(components: readonly Component[], v2: boolean): void {
  const every = all(components);
  if (v2) {
    if (every.length > MOST_IN_ALL) throw tooMany(['components'], MOST_IN_ALL);
  } else {
    if (components.length > 5) throw tooMany(['components'], 5);
    for (const [at, { type }] of components.entries()) {
      if (type !== ROW)
        throw invalid(['components', at, 'type'], 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1,).');
    }
  }
  for (const [at, row] of components.entries()) {
    if (row.type !== ROW) continue;
    const count = row.components?.length ?? 0;
    if (count > 5 || count < 1) throw tooMany(['components', at, 'components'], 5);
  }
  const seen = new Set<string>();
  for (const one of every) {
    if (one.type === BUTTON) checkButton(one);
    if (one.custom_id === undefined) continue;
    if (seen.has(one.custom_id)) {
      throw invalid(['components'], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
    }
    seen.add(one.custom_id);
  }
}

function checkButton({ style, custom_id, url, label, emoji }: Component): void {
  const path = ['components', 0, 'components', 0];
  const link = style === 5;
  if (link !== Boolean(url))
    throw invalid([...path, 'url'], 'BUTTON_COMPONENT_INVALID_URL', 'A url belongs to a link button');
  if (!link && !custom_id)
    throw invalid([...path, 'custom_id'], 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id required');
  if (!label && !emoji)
    throw invalid([...path, 'label'], 'BUTTON_COMPONENT_LABEL_REQUIRED', 'A label or emoji is required');
}

function tooMany(path: readonly PropertyKey[], most: number) {
  return invalid(path, 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${most} in length.`);
}
