interface Summed {
  /** The table, with a row for each thing of an owner and the columns `owner` and `bytes`. */
  readonly table: string
  readonly sums: string
  /** The column of the sums that counts rows. */
  readonly rows: string
  /** What else goes with a row. */
  readonly onDelete?: string
}

/**
 * The table of sums that triggers keep of another one: how many rows there are and how many bytes they take, of each owner and of all under the
 * empty name, so that room is told without looking through it. It is part of migrations: what it writes never changes.
 */
export function ownerSums({ table, sums, rows, onDelete = '' }: Summed): string {
  return `create table ${sums} (
  owner text primary key,
  ${rows} integer not null,
  bytes integer not null
) without rowid;
insert into ${sums} values ('', 0, 0);
create trigger ${table}_inserted after insert on ${table} begin
  insert into ${sums} values (new.owner, 1, new.bytes)
    on conflict (owner) do update set ${rows} = ${rows} + 1, bytes = bytes + new.bytes;
  update ${sums} set ${rows} = ${rows} + 1, bytes = bytes + new.bytes where owner = '';
end;
create trigger ${table}_deleted after delete on ${table} begin
${onDelete === '' ? '' : `  ${onDelete}\n`}  update ${sums} set ${rows} = ${rows} - 1, bytes = bytes - old.bytes where owner in (old.owner, '');
  delete from ${sums} where owner = old.owner and ${rows} = 0;
end;
`
}
