-- What SqlBulkCopy asks of its target before it copies.
CREATE PROCEDURE sys.sp_tablecollations_100
    @object nvarchar(4000)
AS
SELECT column_id AS colid, name, CAST(COLLATIONPROPERTY(collation_name, 'tdscollation') AS binary(5)) AS tds_collation, collation_name AS collation
FROM sys.all_columns
WHERE object_id = OBJECT_ID(@object)
ORDER BY column_id
RETURN 0
