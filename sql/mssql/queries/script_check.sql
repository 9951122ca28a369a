-- Is the site as the tables above say? Ids and SIDs are compared: a name may stand for something else by now.
UPDATE @grantree_who SET id = DATABASE_PRINCIPAL_ID(name);
SET @grantree_wrong = NULL;
SELECT TOP (1) @grantree_wrong = N'role or user ' + w.name
FROM @grantree_who AS w
LEFT JOIN @grantree_principal AS e ON e.after = @grantree_after AND e.n = w.n
LEFT JOIN sys.database_principals AS p ON p.principal_id = w.id
WHERE (e.n IS NULL AND w.id IS NOT NULL) OR (e.n IS NOT NULL AND (w.id IS NULL OR w.id <> e.id OR p.sid <> e.sid
    OR e.marked <> CASE WHEN EXISTS (SELECT * FROM sys.extended_properties AS x WHERE x.class = 4 AND x.major_id = w.id AND x.minor_id = 0 AND x.name = N'grantree') THEN 1 ELSE 0 END
    OR e.total <> (SELECT COUNT(*) FROM sys.database_permissions AS x WHERE x.grantee_principal_id = w.id AND x.class IN (0, 1, 3, 4) AND NOT (x.class = 1 AND x.major_id < 0))))
ORDER BY w.n DESC;
IF @grantree_wrong IS NULL
    SELECT TOP (1) @grantree_wrong = N'view ' + v.name
    FROM @grantree_view AS v
    WHERE v.id <> ISNULL(OBJECT_ID(v.name, N'V'), 0)
    ORDER BY v.id;
IF @grantree_wrong IS NULL
    SELECT TOP (1) @grantree_wrong = x.permission_name COLLATE DATABASE_DEFAULT + N' of ' + w.name COLLATE DATABASE_DEFAULT + N' on ' + v.name COLLATE DATABASE_DEFAULT
    FROM sys.database_permissions AS x
    JOIN @grantree_who AS w ON w.id = x.grantee_principal_id
    JOIN @grantree_view AS v ON v.id = x.major_id
    WHERE x.class = 1 AND NOT EXISTS (SELECT * FROM @grantree_row AS e
        WHERE e.after = @grantree_after AND e.view_id = x.major_id AND e.column_id = x.minor_id AND e.permission = x.permission_name COLLATE Latin1_General_BIN2
          AND e.state = x.state COLLATE Latin1_General_BIN2 AND CHARINDEX(N',' + CONVERT(nvarchar(11), w.n) + N',', e.who) > 0);
IF @grantree_wrong IS NULL
    SELECT TOP (1) @grantree_wrong = N'a permission on ' + v.name
    FROM @grantree_view AS v
    WHERE (SELECT COUNT(*) FROM sys.database_permissions AS x JOIN @grantree_who AS w ON w.id = x.grantee_principal_id WHERE x.class = 1 AND x.major_id = v.id)
        <> (SELECT ISNULL(SUM(e.total), 0) FROM @grantree_row AS e WHERE e.after = @grantree_after AND e.view_id = v.id)
    ORDER BY v.id;
IF @grantree_wrong IS NULL
    SELECT TOP (1) @grantree_wrong = N'member ' + USER_NAME(m.member_principal_id) + N' of role ' + USER_NAME(m.role_principal_id)
    FROM sys.database_role_members AS m
    LEFT JOIN @grantree_who AS r ON r.id = m.role_principal_id
    LEFT JOIN @grantree_who AS u ON u.id = m.member_principal_id
    WHERE (r.n IS NOT NULL OR u.n IS NOT NULL) AND NOT EXISTS (SELECT * FROM @grantree_member AS e
        WHERE e.after = @grantree_after AND e.role = ISNULL(r.n, m.role_principal_id)
          AND CHARINDEX(N',' + CONVERT(nvarchar(11), ISNULL(u.n, m.member_principal_id)) + N',', e.who) > 0);
IF @grantree_wrong IS NULL AND (SELECT COUNT(*) FROM sys.database_role_members AS m
    LEFT JOIN @grantree_who AS r ON r.id = m.role_principal_id
    LEFT JOIN @grantree_who AS u ON u.id = m.member_principal_id
    WHERE r.n IS NOT NULL OR u.n IS NOT NULL) <> (SELECT ISNULL(SUM(e.total), 0) FROM @grantree_member AS e WHERE e.after = @grantree_after)
    SET @grantree_wrong = N'who is a member of the roles that it names';
IF @grantree_wrong IS NOT NULL
BEGIN
    SET @grantree_say = CASE @grantree_after
        WHEN 0 THEN N'site ' + LEFT(@grantree_site, 200) + N' is no longer what this script was made from, the first difference is ' + LEFT(@grantree_wrong, 500) + N'; nothing was changed: make the script again'
        ELSE N'site ' + LEFT(@grantree_site, 200) + N' was not what this script promises after its statements, the first difference is ' + LEFT(@grantree_wrong, 500) + N'; all of them were rolled back' END;
    SET @grantree_say = REPLACE(@grantree_say, N'%', N'%%');
    THROW 50002, @grantree_say, 1;
END;
