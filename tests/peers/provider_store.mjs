// What node-oidc-provider keeps, in SQLite or PostgreSQL: every write is committed and synchronised before it is
// acknowledged, one statement a transaction, statements prepared once.
import { readFileSync } from 'node:fs';

const TABLES = [
  `CREATE TABLE IF NOT EXISTS model (kind TEXT NOT NULL, id TEXT NOT NULL, payload JSON_TYPE NOT NULL,
     grant_id TEXT, user_code TEXT, uid TEXT, expires_at BIGINT, consumed_at BIGINT, PRIMARY KEY (kind, id))`,
  'CREATE INDEX IF NOT EXISTS model_grant ON model (grant_id)',
  'CREATE INDEX IF NOT EXISTS model_uid ON model (uid)',
  'CREATE INDEX IF NOT EXISTS model_user_code ON model (user_code)',
  'CREATE TABLE IF NOT EXISTS account (id TEXT PRIMARY KEY, username TEXT UNIQUE NOT NULL, hash TEXT NOT NULL, claims JSON_TYPE NOT NULL)',
];

const COLUMNS = 'payload, expires_at, consumed_at';
const SQL = {
  find: `SELECT ${COLUMNS} FROM model WHERE kind = $1 AND id = $2`,
  byUid: `SELECT ${COLUMNS} FROM model WHERE kind = $1 AND uid = $2`,
  byUserCode: `SELECT ${COLUMNS} FROM model WHERE kind = $1 AND user_code = $2`,
  upsert: `INSERT INTO model (kind, id, payload, grant_id, user_code, uid, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (kind, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
     user_code = excluded.user_code, uid = excluded.uid, expires_at = excluded.expires_at`,
  consume: 'UPDATE model SET consumed_at = $3 WHERE kind = $1 AND id = $2',
  destroy: 'DELETE FROM model WHERE kind = $1 AND id = $2',
  revoke: 'DELETE FROM model WHERE grant_id = $1',
  account: 'SELECT id, username, hash, claims FROM account WHERE id = $1',
  accountByName: 'SELECT id, username, hash, claims FROM account WHERE username = $1',
  addAccount: 'INSERT INTO account (id, username, hash, claims) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING',
};

const now = () => Math.floor(Date.now() / 1000);

async function openSqlite(path) {
  const { default: Database } = await import('libsql');
  const db = new Database(path);
  for (const pragma of ['journal_mode=WAL', 'synchronous=FULL', 'busy_timeout=10000']) db.exec(`PRAGMA ${pragma}`);
  for (const table of TABLES) db.exec(table.replaceAll('JSON_TYPE', 'TEXT'));
  const prepared = Object.fromEntries(
    Object.entries(SQL).map(([name, text]) => [name, db.prepare(text.replaceAll(/\$\d/g, (each) => `?${each.slice(1)}`))]),
  );
  return {
    one: async (name, values) => prepared[name].get(values),
    run: async (name, values) => void prepared[name].run(values),
    parse: JSON.parse,
  };
}

async function openPostgres(host, database) {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ host, user: 'postgres', database, max: 40 });
  for (const table of TABLES) await pool.query(table.replaceAll('JSON_TYPE', 'JSONB'));
  const query = (name, values) => pool.query({ name, text: SQL[name], values });
  return { one: async (name, values) => (await query(name, values)).rows[0], run: query, parse: (value) => value };
}

export async function open({ sqlite, postgresHost, postgresDatabase }) {
  return sqlite ? openSqlite(sqlite) : openPostgres(postgresHost, postgresDatabase);
}

export async function addAccounts(store, file) {
  for (const { id, username, hash, claims } of JSON.parse(readFileSync(file, 'utf8'))) {
    await store.run('addAccount', [id, username, hash, JSON.stringify(claims)]);
  }
}

export function adapter(store) {
  const payload = (row) => {
    if (!row || (row.expires_at && Number(row.expires_at) < now())) return undefined;
    const found = store.parse(row.payload);
    return row.consumed_at ? { ...found, consumed: Number(row.consumed_at) } : found;
  };
  return class {
    constructor(kind) {
      this.kind = kind;
    }

    async upsert(id, said, expiresIn) {
      const until = expiresIn ? now() + expiresIn : null;
      const keys = [said.grantId ?? null, said.userCode ?? null, said.uid ?? null];
      await store.run('upsert', [this.kind, id, JSON.stringify(said), ...keys, until]);
    }

    async find(id) {
      return payload(await store.one('find', [this.kind, id]));
    }

    async findByUid(uid) {
      return payload(await store.one('byUid', [this.kind, uid]));
    }

    async findByUserCode(code) {
      return payload(await store.one('byUserCode', [this.kind, code]));
    }

    async consume(id) {
      await store.run('consume', [this.kind, id, now()]);
    }

    async destroy(id) {
      await store.run('destroy', [this.kind, id]);
    }

    async revokeByGrantId(grantId) {
      await store.run('revoke', [grantId]);
    }
  };
}
