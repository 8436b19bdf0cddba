/** How records are asked for, for readers who have not seen the documentation. */
export const USAGE = {
  records: [
    'GET /_table/{table_name} reads a page, GET /_table/{table_name}/{id} one record.',
    'POST /_table/{table_name} with {"resource": [{…}]} creates; PATCH /_table/{table_name}/{id} with {…} changes; DELETE /_table/{table_name}/{id} removes.',
    'GET /_schema/{table_name} describes the fields of a table.',
  ],
  fields: 'fields=id,name answers these fields only; fields=* all of them.',
  filters: [
    "filter=(status = 'new') AND (total > 10)",
    'Operators: = != < <= > >= IN (…), LIKE, CONTAINS, STARTS WITH, ENDS WITH, BETWEEN, IS NULL, IS NOT NULL; AND, OR, NOT.',
    'Encode a filter for the URL, or send it in the body of a POST with the header X-HTTP-Method: GET.',
  ],
  paging: [
    'limit=50&offset=100&order=name desc; include_count=true adds meta.count, and meta.next says where the next page begins.',
    'cursor= begins pages that neither skip nor repeat records: go on with meta.next_cursor.',
  ],
  related:
    'related=orders_by_customer_id reads related records along; their names are in x-dreamfactory-relationships.',
} as const
