-- How a server is set up, beside its logins (reference H.3, K): two result sets.
-- What may not be seen is NULL, or a row that is missing.
SET NOCOUNT ON;
SELECT CAST(SERVERPROPERTY('IsIntegratedSecurityOnly') AS int), CAST(SERVERPROPERTY('MachineName') AS nvarchar(128)),
       (SELECT CAST(c.value_in_use AS int) FROM sys.configurations AS c WHERE c.name = N'cross db ownership chaining'),
       (SELECT CAST(c.value_in_use AS int) FROM sys.configurations AS c WHERE c.name = N'contained database authentication'),
       HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY DATABASE');

SELECT d.name, d.owner_sid, d.is_trustworthy_on, d.is_db_chaining_on, d.containment, d.is_auto_close_on
FROM sys.databases AS d
WHERE d.database_id > 4 AND d.source_database_id IS NULL
ORDER BY d.name;
