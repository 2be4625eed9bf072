import { Database } from 'bun:sqlite'
import { MIGRATIONS } from '../src/store/sqlite/migrations.ts'
import { addUnits } from '../src/store/sqlite/open-database.ts'

type Value = string | bigint | number | null

/** `src/store/sqlite/schema.ts`: what stands in a database that went through all migrations, as one text. */
export function schemaReference(): string {
  const database = new Database(':memory:', { strict: true, safeIntegers: true })
  for (const { version, sql } of MIGRATIONS) database.run(`${sql}; pragma user_version = ${version}`)
  addUnits(database)
  const statements = [...definitions(database), ...contents(database)].map((sql) => `${sql};\n`)
  const version = MIGRATIONS.at(-1)?.version ?? 0
  database.close()
  return `/**
 * The schema of a new database: what the steps of \`migrations.ts\` lead to, in one go, because to take them all takes a new database
 * five times as long. Made of them by \`npm run docs\`: write a migration and run that, never edit this.
 */
export const SCHEMA = \`
${statements.join('')}pragma user_version = ${version};
\`
`
}

/** Tables, indexes and triggers in order of their making. SQLite keeps what was written, but for its first words. */
function definitions(database: Database): string[] {
  return database
    .query<{ sql: string }, []>(
      "select sql from sqlite_schema where sql is not null and name not like 'sqlite~_%' escape '~' order by rowid",
    )
    .all()
    .map(({ sql }) => sql.replace(/^[A-Z ]+(?= )/, (words) => words.toLowerCase()))
}

/** The rows that the migrations of an empty database leave in it. */
function contents(database: Database): string[] {
  const tables = database
    .query<{ name: string }, []>(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite~_%' escape '~' order by rowid",
    )
    .all()
  return tables.flatMap(({ name }) =>
    database
      .query<Readonly<Record<string, Value>>, []>(`select * from ${name}`)
      .all()
      .map((row) => `insert into ${name} values (${Object.values(row).map(literal).join(', ')})`),
  )
}

function literal(value: Value): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}
