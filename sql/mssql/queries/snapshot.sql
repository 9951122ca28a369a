-- The state of one site, sixteen result sets, one round trip (reference H.1).
-- A missing row means "no right to see", so the first set says what the
-- runner may see. Every column is in SQL Server 2016; what needs more than VIEW
-- DEFINITION on the database stands behind an IF.
SELECT d.name, d.state_desc, CASE WHEN d.is_read_only = 1 THEN 1 WHEN DATABASEPROPERTYEX(d.name, 'Updateability') = N'READ_ONLY' THEN 2 ELSE 0 END, d.collation_name, d.owner_sid, d.is_trustworthy_on, d.is_db_chaining_on, d.containment, d.user_access,
       (SELECT CAST(c.value_in_use AS int) FROM sys.configurations AS c WHERE c.name = N'cross db ownership chaining'),
       (SELECT CAST(c.value_in_use AS int) FROM sys.configurations AS c WHERE c.name = N'contained database authentication'),
       CAST(SERVERPROPERTY('Collation') AS nvarchar(128)), CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)),
       CAST(SERVERPROPERTY('EngineEdition') AS int), CAST(SERVERPROPERTY('PathSeparator') AS nvarchar(9)),
       ORIGINAL_LOGIN(), USER_NAME(), DATABASE_PRINCIPAL_ID(),
       IS_SRVROLEMEMBER('sysadmin'),
       HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'CONTROL'), HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'VIEW DEFINITION'),
       HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY LOGIN'),
       HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY DEFINITION'), HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY SECURITY DEFINITION'),
       HAS_PERMS_BY_NAME(N'sys.sql_expression_dependencies', 'OBJECT', 'SELECT'), HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY DATABASE'), SYSUTCDATETIME()
FROM sys.databases AS d
WHERE d.name = DB_NAME();

SELECT p.principal_id, p.name, p.type, p.sid, p.is_fixed_role, p.owning_principal_id, p.authentication_type,
       CASE WHEN e.major_id IS NULL THEN 0 ELSE 1 END AS managed,
       CASE WHEN p.type IN ('G', 'X') THEN p.default_schema_name ELSE NULLIF(p.default_schema_name, N'dbo') END AS default_schema,
       ISNULL(NULLIF(CAST(e.value AS varchar(8000)), 'managed'), '') AS mark
FROM sys.database_principals AS p
LEFT JOIN sys.extended_properties AS e ON e.class = 4 AND e.major_id = p.principal_id AND e.minor_id = 0 AND e.name = N'grantree'
ORDER BY p.principal_id;

-- What others have put on principals: it goes with one that is dropped.
SELECT e.major_id, e.name, ISNULL(CAST(SQL_VARIANT_PROPERTY(e.value, 'BaseType') AS nvarchar(128)), N''), ISNULL(CAST(e.value AS nvarchar(4000)), N'')
FROM sys.extended_properties AS e
WHERE e.class = 4 AND e.minor_id = 0 AND e.name NOT IN (N'grantree', N'grantree break-glass')
ORDER BY e.major_id, e.name;

SELECT m.role_principal_id, m.member_principal_id
FROM sys.database_role_members AS m
ORDER BY m.role_principal_id, m.member_principal_id;

SELECT x.class, x.major_id, x.minor_id, x.grantee_principal_id, x.grantor_principal_id, x.permission_name, x.state
FROM sys.database_permissions AS x
WHERE NOT (x.class = 1 AND x.major_id < 0)
ORDER BY x.class, x.major_id, x.minor_id, x.grantee_principal_id, x.permission_name, x.grantor_principal_id;

SELECT s.schema_id, s.name, s.principal_id
FROM sys.schemas AS s
ORDER BY s.schema_id;

SELECT v.object_id, v.schema_id, v.name, COALESCE(v.principal_id, s.principal_id), v.create_date
FROM sys.views AS v
JOIN sys.schemas AS s ON s.schema_id = v.schema_id
WHERE v.is_ms_shipped = 0
ORDER BY v.object_id;

SELECT c.object_id, c.column_id, c.name
FROM sys.columns AS c
JOIN sys.views AS v ON v.object_id = c.object_id
WHERE v.is_ms_shipped = 0
ORDER BY c.object_id, c.column_id;

SELECT l.principal_id, l.name, l.sid, l.type, l.is_disabled, l.is_fixed_role, l.owning_principal_id, CASE WHEN o.owner_sid IS NULL THEN 0 ELSE 1 END
FROM sys.server_principals AS l
LEFT JOIN (SELECT DISTINCT d.owner_sid FROM sys.databases AS d) AS o ON o.owner_sid = l.sid
ORDER BY l.principal_id;

SELECT m.role_principal_id, m.member_principal_id
FROM sys.server_role_members AS m
ORDER BY m.role_principal_id, m.member_principal_id;

SELECT x.class, x.major_id, x.grantee_principal_id, x.grantor_principal_id, x.permission_name, x.state
FROM sys.server_permissions AS x
WHERE x.class IN (100, 101)
ORDER BY x.class, x.major_id, x.grantee_principal_id, x.permission_name, x.grantor_principal_id;

-- Tables, synonyms and modules. A text that calls EXEC on a text or on a
-- variable, that becomes somebody else on its way, or that asks another server,
-- is dynamic: blanks are taken out, the variable that first takes a return value
-- of a name is told apart, and so is a name that only ends as those of the engine
-- begin, usp_execute. What follows EXEC is a name, or it counts as a text. No
-- view tells what the other texts of a numbered procedure refer to.
SELECT f.object_id, f.schema_id, f.name, f.type, f.owner, f.parent_object_id, f.execute_as,
       CASE WHEN f.object_id IN (SELECT n.object_id FROM sys.numbered_procedures AS n) THEN 1
            WHEN f.type IN ('U', 'SN') OR f.text IS NOT NULL THEN 0 ELSE 1 END AS hidden,
       CASE WHEN f.text LIKE N'%SP[_]EXECSQL%' OR f.text LIKE N'%EXECSP[_][EP][XR]E%' OR f.text LIKE N'%[[=."/]SP[_][EP][XR]E%'
              OR f.text LIKE N'%SP[_]CURSOR%' OR f.text LIKE N'%EXECASUSER%' OR f.text LIKE N'%EXECASLOGIN%'
              OR f.text LIKE N'%EXEC--%' OR f.text LIKE N'%EXEC[(/' + b.blanks + N']%'
              OR f.text LIKE N'%OPENQUERY%' OR f.text LIKE N'%OPENROWSET%' OR f.text LIKE N'%OPENDATASOURCE%' OR f.text LIKE N'%SP[_]MSFOREACH%' THEN 1
            WHEN f.text LIKE N'%EXEC@%'
             AND REPLACE(f.text, N'EXEC@' + LEFT(f.target, PATINDEX(N'%[^A-Z0-9_@#$]%', f.target + N' ') - 1) + N'=', N'EXEC') LIKE N'%EXEC[-@/' + b.blanks + N']%' THEN 1
            ELSE 0 END AS dynamic
FROM (SELECT t.object_id, t.schema_id, t.name, t.type, t.owner, t.parent_object_id, t.execute_as, t.text,
             SUBSTRING(t.text, CHARINDEX(N'EXEC@', t.text) + 5, 130) AS target
      FROM (SELECT o.object_id, o.schema_id, o.name, RTRIM(o.type) AS type, COALESCE(o.principal_id, s.principal_id) AS owner, o.parent_object_id,
                   ISNULL(m.execute_as_principal_id, 0) AS execute_as,
                   CASE WHEN o.type IN ('U', 'SN') OR m.definition IS NULL THEN NULL
                        WHEN UPPER(m.definition) NOT LIKE N'%EXEC%' AND UPPER(m.definition) NOT LIKE N'%OPEN%' THEN N''
                        ELSE REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(UPPER(m.definition) COLLATE Latin1_General_BIN2, N' ', N''), NCHAR(9), N''), NCHAR(10), N''), NCHAR(13), N''),
                                     N'EXECUTE', N'EXEC')
                   END AS text
            FROM sys.objects AS o
            JOIN sys.schemas AS s ON s.schema_id = o.schema_id
            LEFT JOIN sys.sql_modules AS m ON m.object_id = o.object_id
            WHERE o.is_ms_shipped = 0 AND o.type IN ('U', 'SN', 'P', 'FN', 'IF', 'TF', 'TR', 'PC', 'FS', 'FT', 'TA', 'X')) AS t) AS f
CROSS JOIN (SELECT NCHAR(1) COLLATE Latin1_General_BIN2 + NCHAR(11) + NCHAR(12) + NCHAR(133) + NCHAR(160) + NCHAR(8195) + NCHAR(8203) + NCHAR(12288) + NCHAR(65279) AS blanks) AS b
ORDER BY f.object_id;

-- What a certificate or key adds rights to.
IF OBJECT_ID(N'sys.crypt_properties') IS NOT NULL
    SELECT DISTINCT c.major_id FROM sys.crypt_properties AS c WHERE c.class = 1 ORDER BY c.major_id;
ELSE
    SELECT o.object_id FROM sys.objects AS o WHERE 1 = 0;

-- What synonyms stand for, and what views and modules refer to. A name in
-- another database has no id here.
SELECT n.object_id, CASE WHEN PARSENAME(n.base_object_name, 3) IS NULL THEN ISNULL(OBJECT_ID(n.base_object_name), 0) ELSE 0 END,
       ISNULL(PARSENAME(n.base_object_name, 4), N''), ISNULL(PARSENAME(n.base_object_name, 3), N''),
       ISNULL(PARSENAME(n.base_object_name, 2), N''), ISNULL(PARSENAME(n.base_object_name, 1), N'')
FROM sys.synonyms AS n
ORDER BY n.object_id;

IF HAS_PERMS_BY_NAME(N'sys.sql_expression_dependencies', 'OBJECT', 'SELECT') = 1
    SELECT DISTINCT d.referencing_id, ISNULL(d.referenced_id, 0), ISNULL(d.referenced_server_name, N''), ISNULL(d.referenced_database_name, N''),
           ISNULL(d.referenced_schema_name, N''), ISNULL(d.referenced_entity_name, N'')
    FROM sys.sql_expression_dependencies AS d
    JOIN sys.objects AS o ON o.object_id = d.referencing_id
    WHERE d.referencing_class = 1 AND d.referenced_class = 1 AND o.is_ms_shipped = 0
      AND o.type IN ('V', 'P', 'FN', 'IF', 'TF', 'TR', 'PC', 'FS', 'FT', 'TA')
    ORDER BY d.referencing_id;
ELSE
    SELECT o.object_id, 0, N'', N'', N'', N'' FROM sys.objects AS o WHERE 1 = 0;

-- Databases through which somebody may get here: those that are trusted, and
-- those that chain into this one where it lets them. The system's own, with the
-- ids up to 4, are the server's business: msdb is always trusted.
SELECT d.name, d.owner_sid, d.is_trustworthy_on, d.is_db_chaining_on
FROM sys.databases AS d
WHERE d.name <> DB_NAME() AND d.database_id > 4 AND d.state = 0
  AND (d.is_trustworthy_on = 1 OR d.is_db_chaining_on = 1
       AND EXISTS (SELECT 1 FROM sys.databases AS here WHERE here.name = DB_NAME() AND here.is_db_chaining_on = 1))
ORDER BY d.name;

-- What else belongs to somebody, or runs as somebody, whom the server then does not
-- drop. Names of Service Broker compare by their bytes, so all of them do here. A
-- server without queues has nothing of this.
IF OBJECT_ID(N'sys.service_queues') IS NOT NULL
    SELECT h.principal_id, h.class, h.schema_name, h.name, h.runs
    FROM (SELECT t.principal_id, N'TYPE' AS class, s.name AS schema_name, t.name COLLATE Latin1_General_BIN2 AS name, 0 AS runs
          FROM sys.types AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id WHERE t.is_user_defined = 1
          UNION ALL SELECT x.principal_id, N'XML SCHEMA COLLECTION', s.name, x.name, 0 FROM sys.xml_schema_collections AS x JOIN sys.schemas AS s ON s.schema_id = x.schema_id
          UNION ALL SELECT o.principal_id, N'OBJECT', s.name, o.name, 0 FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id
                    WHERE o.parent_object_id = 0 AND o.type NOT IN ('V', 'U', 'SN', 'P', 'FN', 'IF', 'TF', 'TR', 'PC', 'FS', 'FT', 'TA', 'X')
          UNION ALL SELECT x.principal_id, N'ASSEMBLY', N'', x.name, 0 FROM sys.assemblies AS x
          UNION ALL SELECT x.principal_id, N'CERTIFICATE', N'', x.name, 0 FROM sys.certificates AS x
          UNION ALL SELECT x.principal_id, N'SYMMETRIC KEY', N'', x.name, 0 FROM sys.symmetric_keys AS x
          UNION ALL SELECT x.principal_id, N'ASYMMETRIC KEY', N'', x.name, 0 FROM sys.asymmetric_keys AS x
          UNION ALL SELECT x.principal_id, N'MESSAGE TYPE', N'', x.name, 0 FROM sys.service_message_types AS x
          UNION ALL SELECT x.principal_id, N'CONTRACT', N'', x.name, 0 FROM sys.service_contracts AS x
          UNION ALL SELECT x.principal_id, N'SERVICE', N'', x.name, 0 FROM sys.services AS x
          UNION ALL SELECT x.principal_id, N'REMOTE SERVICE BINDING', N'', x.name, 0 FROM sys.remote_service_bindings AS x
          UNION ALL SELECT x.remote_principal_id, N'REMOTE SERVICE BINDING', N'', x.name, 1 FROM sys.remote_service_bindings AS x
          UNION ALL SELECT x.principal_id, N'ROUTE', N'', x.name, 0 FROM sys.routes AS x
          UNION ALL SELECT x.principal_id, N'FULLTEXT CATALOG', N'', x.name, 0 FROM sys.fulltext_catalogs AS x
          UNION ALL SELECT x.principal_id, N'FULLTEXT STOPLIST', N'', x.name, 0 FROM sys.fulltext_stoplists AS x
          UNION ALL SELECT x.principal_id, N'SEARCH PROPERTY LIST', N'', x.name, 0 FROM sys.registered_search_property_lists AS x
          UNION ALL SELECT x.principal_id, N'EVENT NOTIFICATION', N'', x.name, 0 FROM sys.event_notifications AS x
          UNION ALL SELECT x.principal_id, N'DATABASE SCOPED CREDENTIAL', N'', x.name, 0 FROM sys.database_scoped_credentials AS x
          UNION ALL SELECT q.execute_as_principal_id, N'QUEUE', s.name, q.name, 1 FROM sys.service_queues AS q JOIN sys.schemas AS s ON s.schema_id = q.schema_id
          UNION ALL SELECT m.execute_as_principal_id, N'DATABASE TRIGGER', N'', t.name, 1 FROM sys.triggers AS t JOIN sys.sql_modules AS m ON m.object_id = t.object_id
                    WHERE t.parent_class = 0
          UNION ALL SELECT m.execute_as_principal_id, N'OBJECT', s.name, o.name, 1 FROM sys.assembly_modules AS m JOIN sys.objects AS o ON o.object_id = m.object_id
                    JOIN sys.schemas AS s ON s.schema_id = o.schema_id) AS h
    WHERE h.principal_id > 4
    ORDER BY h.class, h.schema_name, h.name, h.runs;
ELSE
    SELECT o.object_id, N'', N'', N'', 0 FROM sys.objects AS o WHERE 1 = 0;

-- Who is in a role for a while, and until when.
SELECT e.major_id, ISNULL(CAST(e.value AS nvarchar(3750)), N'')
FROM sys.extended_properties AS e
WHERE e.class = 4 AND e.minor_id = 0 AND e.name = N'grantree break-glass'
ORDER BY e.major_id;
