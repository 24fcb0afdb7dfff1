import { page } from '../http/route.ts';
import { form, measure, type StyleguideView } from '../views.ts';

/** The visual language, each part with an example; for those who build pages. */
export const styleguide = page({
  method: 'get',
  path: '/styleguide',
  summary: 'The visual language',
  run: async () => ({ show: 'styleguide', data: STYLEGUIDE }),
});

const HOUR = 3600;

const REFUSED = [
  { field: 'name', detail: 'Ce nom est déjà pris.' },
  { field: 'kind', detail: 'Choisissez une nature.' },
];

export const STYLEGUIDE: StyleguideView = {
  measures: [
    measure('within', 1.6 * HOUR, 4 * HOUR),
    measure('late', 5.5 * HOUR, 4 * HOUR),
    measure('declared', 3 * HOUR, 4 * HOUR),
    measure('declared-late', 5 * HOUR, 4 * HOUR),
    measure('unmeasured', 0.5 * HOUR, 8 * HOUR),
    measure('no-objective', 2 * HOUR, null),
  ],
  form: {
    ...form({ name: 'Base ERP', label: 'base-erp', intervalSeconds: '14400', isOffsite: 'on' }),
    refusal: REFUSED.map(({ detail }) => detail).join(' '),
    errors: REFUSED,
  },
  progress: {
    phase: 'restore',
    files: 1200,
    bytes: 21e9,
    totalBytes: 48.2e9,
    totalFiles: null,
    bytesPerSecond: 84e6,
    filesPerSecond: 5,
    remainingSeconds: 324,
  },
};
