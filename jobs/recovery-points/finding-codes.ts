/** Everything the engine can find wrong, as a code with the names of its params. `templates/words` say it to people. */

/**
 * `address` is a store's or source's, without any secret; `object` a key in the store; `path` one below the root.
 * `cause` is the system's name of an error (`EACCES`), `original` the words of a program that nobody translates.
 */
export const ENGINE_FINDINGS = {
  'backup.taken-over': [],
  // The way to the store, and what it says.
  'store.unreachable': ['address', 'cause'],
  'store.server-error': ['address', 'status'],
  'store.folder-missing': ['address'],
  'store.empty': ['address'],
  'store.no-bucket': ['address'],
  'store.secret-key-wrong': ['address'],
  'store.access-key-unknown': ['address'],
  'store.session-expired': ['address'],
  'store.clock-wrong': ['address'],
  'store.credentials-refused': ['address'],
  'store.no-credentials': ['address'],
  'store.denied': ['address', 'object'],
  'store.read-only': ['address'],
  'store.quota-used': ['address'],
  'store.full': ['address'],
  'store.wrong-region': ['address'],
  'store.bad-bucket-name': ['address'],
  'store.bad-address': [],
  'store.host-not-allowed': ['host'],
  'store.object-missing': ['address', 'object'],
  'store.object-replaced': ['address', 'object'],
  'store.object-incomplete': ['address', 'object'],
  'store.object-taken': ['address', 'object'],
  'store.name-too-long': ['address', 'object'],
  'store.bad-name': ['object'],
  'store.name-in-the-way': ['address', 'object'],
  'store.object-damaged': ['address', 'object'],
  'store.content-differs': ['address', 'object'],
  'store.too-slow': ['address', 'object'],
  'store.too-large': ['address', 'object'],
  'store.garbled': ['address', 'object'],
  'store.locked': ['address', 'object', 'until'],
  'store.no-locks': ['address'],
  'store.failed': ['address', 'object', 'original'],
  // Repositories of other tools.
  'repository.tool-missing': ['program'],
  'repository.tool-refused': ['program', 'original'],
  'repository.not-sound': ['program', 'original'],
  // The source of a backup.
  'source.missing': ['address'],
  'source.empty': ['address'],
  'source.not-a-folder': ['address'],
  'source.denied': ['address'],
  'source.unreadable': ['address', 'cause'],
  'source.unknown-kind': ['scheme'],
  'source.bad-address': [],
  'source.unreachable': ['address', 'cause'],
  'source.sign-in-refused': ['address', 'original'],
  'source.no-database': ['address'],
  'source.role-may-not-read': ['address', 'original'],
  'source.server-busy': ['address', 'original'],
  'source.no-room': ['address'],
  'source.query-failed': ['address', 'original'],
  'source.dump-failed': ['address', 'original'],
  'source.program-missing': ['program', 'version'],
  'source.programs-not-unpacked': ['folder'],
  'source.mariadb-program-missing': ['program', 'version'],
  'source.dump-cut': ['address'],
  'source.not-sqlite': ['address'],
  'source.no-credentials': ['address'],
  'source.credentials-refused': ['address'],
  'source.no-bucket': ['address'],
  'source.bucket-failed': ['address', 'original'],
  'source.sentinel-refused': ['original'],
  'source.canary-refused': ['path', 'original'],
  'source.not-listed': ['original'],
  // What was not captured as it should be. The path stands beside it.
  'capture.broke-off': ['cause'],
  'capture.shrank': [],
  'capture.grew': [],
  'capture.changed': [],
  'capture.attributes-changed': [],
  'capture.size-untrue': [],
  'capture.became-link': [],
  'capture.became-other': [],
  'capture.vanished': [],
  'capture.unreadable': ['cause'],
  'capture.folder-not-listed': ['cause'],
  'capture.socket': [],
  'capture.unknown-kind': [],
  'capture.no-attributes': [],
  'capture.too-many-attributes': [],
  // What a source could not hand over as it should be. Its name stands beside it.
  'capture.no-globals': ['original'],
  'capture.no-role-passwords': [],
  'capture.no-users': ['original'],
  'capture.role-lacks': ['rights'],
  'capture.not-transactional': ['engine'],
  'capture.rows-unexplained': ['expected', 'found'],
  'capture.table-not-dumped': [],
  'capture.database-damaged': ['original'],
  'capture.object-changed': [],
  'capture.object-unreadable': ['cause'],
  'capture.older-versions': ['versions', 'markers'],
  // A point and its head.
  'point.none': ['asset', 'address'],
  'point.missing': ['asset', 'point', 'address'],
  'head.damaged': ['point'],
  'head.of-another-point': ['point', 'found'],
  'head.altered': ['point'],
  'head.signer-unknown': ['point'],
  'head.not-on-record': ['point'],
  'head.other-time': ['point', 'toldAt', 'foundAt'],
  'head.of-another-client': ['point'],
  // What the head cites, and what is in it.
  'object.wrong-size': ['object', 'expected', 'found'],
  'object.other-checksum': ['object'],
  'manifest.missing': ['object'],
  'manifest.altered': ['object'],
  'manifest.unreadable': ['point'],
  'manifest.of-another-point': ['point', 'found'],
  'manifest.differs-from-head': ['point'],
  'manifest.bad-entry': ['path'],
  'pack.missing': ['object'],
  'pack.damaged': ['object'],
  'pack.unreadable': ['object'],
  'sealed.damaged': [],
  'archive.damaged': [],
  'archive.extra-entry': ['path'],
  'entry.missing': ['path'],
  'entry.differs': ['path'],
  'entry.content-differs': ['path'],
  // Why nothing may be cleaned up now.
  'clean-up.head-unreadable': ['point'],
  'clean-up.backup-running': ['asset', 'since'],
  'clean-up.under-way': ['asset'],
  'clean-up.point-lost': ['point'],
  'clean-up.clock-ahead': ['ours', 'store'],
  // Keys.
  'key.not-fitting': [],
  'key.bad-identity': [],
  'key.bad-recipient': [],
  'key.bad-signing-key': [],
  'key.bad-trusted-key': [],
  'key.file-unreadable': ['file', 'cause'],
  // Restores by other people's programs, with the commands of RESTORE.md.
  'foreign.no-paper': [],
  'foreign.paper-incomplete': ['part'],
  'foreign.program-missing': ['program'],
  'foreign.not-walled-off': [],
  'foreign.not-run': ['original'],
  'foreign.device': ['path'],
  'foreign.script-failed': ['original'],
  'foreign.script-differs': ['path'],
  'foreign.hand-differs': ['path'],
  'foreign.hand-needed': ['path'],
  'foreign.sheet-unreadable': ['part'],
  // What was asked for.
  'ask.bad-asset': ['asset'],
  'ask.bad-budget': [],
  'ask.bad-lock-days': ['most'],
  'ask.bad-point': ['point'],
  'ask.bad-rule': ['rule'],
  'ask.no-recipient': [],
  'ask.grace-too-short': ['days'],
  'ask.store-inside-source': ['folder'],
  'ask.nothing-matches': ['pattern'],
  'ask.folder-not-empty': ['folder'],
  'ask.folder-unusable': ['folder', 'cause'],
  'ask.folder-in-the-way': ['path'],
  'ask.restore-unfinished': ['folder', 'point'],
  'ask.not-one-file': ['path'],
  'ask.not-in-point': ['path'],
  // A restore, and what it gave back.
  'restore.disk-full': ['folder'],
  'restore.no-room': ['folder', 'needed', 'free'],
  'restore.not-writable': ['folder', 'cause'],
  'tree.extra': ['path'],
  'tree.missing': ['path'],
  'tree.unreadable': ['path', 'cause'],
  'tree.content': ['path'],
  'tree.differs': ['path', 'property'],
  // Why a level shows nothing.
  'level.no-key': [],
  'level.no-room': ['cause'],
  'level.budget-too-small': [],
  'level.no-store-checksum': [],
  'level.below-not-passed': ['level'],
  'level.special-file': ['path'],
  'level.fault-missed': ['fault'],
  'level.fault-not-noticed': [],
  'level.sample-differs': ['path'],
  // A dump that is restored and asked.
  'database.unreachable': ['cause'],
  'database.refused': ['original'],
  'database.server-older': ['server', 'source'],
  'database.restore-failed': ['original'],
  'database.restore-lacks': ['original'],
  'database.dump-refused': ['original'],
  'database.no-table': [],
  'database.totals-differ': ['tables', 'rows', 'foundTables', 'foundRows'],
  'database.table-missing': ['table'],
  'database.table-extra': ['table'],
  'database.rows-differ': ['table', 'expected', 'found'],
  'database.answer-wrong': ['question', 'expected', 'found'],
  'database.answer-empty': ['question'],
  'database.question-failed': ['question', 'original'],
  'database.question-not-one-value': ['question'],
  'database.program-missing': ['program', 'package'],
  'database.dump-cut': [],
  'database.objects-differ': ['missing', 'extra'],
  'database.damaged': ['original'],
  'database.references-differ': ['expected', 'found'],
  // Files that came back, opened by their kind.
  'files.not-opened': ['count', 'files'],
  'files.none-known': [],
  'files.broken': ['path', 'kind'],
  // The dated sentinel in what was restored.
  'sentinel.missing': ['expectedAt'],
  'sentinel.another': ['expectedAt', 'foundAt'],
} as const satisfies Record<string, readonly string[]>;

export type EngineCode = keyof typeof ENGINE_FINDINGS;

type ParamsOf<Code extends EngineCode> = Record<(typeof ENGINE_FINDINGS)[Code][number], string | number>;

/** Codes that need no other params than these. */
export type CodeWith<Param extends string> = {
  [Code in EngineCode]: (typeof ENGINE_FINDINGS)[Code][number] extends Param ? Code : never;
}[EngineCode];

/** What was found, for a reader of any language. An English sentence for logs and the command line stands beside it. */
export interface Because {
  code: EngineCode;
  params: Record<string, string | number>;
}

/** The two together. */
export interface Finding extends Because {
  message: string;
}

/** A code with exactly the params it asks for. */
export function because<Code extends EngineCode>(code: Code, params: ParamsOf<Code>): Because {
  return { code, params };
}
