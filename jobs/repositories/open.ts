import { openBorg } from './borg.ts';
import type { OpenRequest, Repository } from './repository.ts';
import { openRestic } from './restic.ts';

/** Opens a repository of another tool. Nothing is read yet. */
export const openRepository = (request: OpenRequest): Repository =>
  request.tool === 'restic' ? openRestic(request) : openBorg(request);
