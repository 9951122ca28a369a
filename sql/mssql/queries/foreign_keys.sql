-- Which tables refer to which by foreign keys, as the runner may see them.
SELECT DISTINCT k.parent_object_id, k.referenced_object_id
FROM sys.foreign_keys AS k
WHERE k.is_ms_shipped = 0 AND k.referenced_object_id IS NOT NULL
ORDER BY k.parent_object_id, k.referenced_object_id;
