/** A few procedures and functions over the standard schema, for databases that have them. */

const POSTGRES: readonly string[] = [
  `create function add_up(a integer, b integer) returns integer language sql as 'select a + b'`,
  `create function same_text(word text) returns text language sql as 'select word'`,
  `create function big_number() returns bigint language sql as 'select 9007199254740993'`,
  `create function customers_above(low integer) returns table (id integer, name text) language sql
    as 'select c.id, c.name::text from customers c where c.id > low order by c.id'`,
  `create procedure total_for(uid integer, out total numeric) language plpgsql
    as $$ begin select sum(o.total) into total from orders o where o.customer_id = uid; end $$`,
  `create procedure count_up(inout n integer, in step integer) language plpgsql as $$ begin n := n + step; end $$`,
  `create procedure note(what varchar, much integer) language sql
    as 'insert into journal (kind, amount) values (what, much)'`,
  `create procedure customers_upto(last integer, inout cur refcursor default null) language plpgsql
    as $$ begin open cur for select id, name from customers where id <= last order by id; end $$`,
  `create procedure two_sets(last integer, inout a refcursor default null, inout b refcursor default null) language plpgsql
    as $$ begin
      open a for select id from customers where id <= last order by id;
      open b for select id as number, credit from customers where id <= last order by id;
    end $$`,
  `create procedure rows_and_total(last integer, out total integer, inout cur refcursor default null) language plpgsql
    as $$ begin
      total := 2 * last;
      open cur for select id, credit from customers where id <= last order by id;
    end $$`,
  `create procedure fails() language plpgsql as $$ begin raise exception 'only the operator may read this'; end $$`,
]

const MYSQL: readonly string[] = [
  'create function add_up(a integer, b integer) returns integer deterministic return a + b',
  'create function same_text(word text character set utf8mb4) returns text character set utf8mb4 deterministic return word',
  'create function big_number() returns bigint deterministic return 9007199254740993',
  `create procedure total_for(in uid integer, out total decimal(12,2))
    select sum(o.total) into total from orders o where o.customer_id = uid`,
  'create procedure count_up(inout n integer, in step integer) set n = n + step',
  'create procedure note(in what varchar(100), in much integer) insert into journal (kind, amount) values (what, much)',
  'create procedure customers_upto(in last integer) select id, name from customers where id <= last order by id',
  `create procedure two_sets(in last integer) begin
    select id from customers where id <= last order by id;
    select id as number, credit from customers where id <= last order by id;
  end`,
  `create procedure rows_and_total(in last integer, out total integer) begin
    set total = 2 * last;
    select id, credit from customers where id <= last order by id;
  end`,
  `create procedure fails() signal sqlstate '45000' set message_text = 'only the operator may read this'`,
]

/** Statements that create them, one by one, after the standard schema. */
export const standardRoutines = (dialect: 'postgres' | 'mysql'): readonly string[] =>
  dialect === 'postgres' ? POSTGRES : MYSQL
