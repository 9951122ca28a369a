-- The row of the ledger: its hash is over everything else in it, each part preceded by its length in eight bytes.
SELECT TOP (1) @grantree_sequence = l.[sequence], @grantree_previous = l.[hash] FROM {ledger} AS l ORDER BY l.[sequence] DESC;
SET @grantree_sequence = @grantree_sequence + 1;
SET @grantree_hash = HASHBYTES('SHA2_256', CAST({domain} AS varbinary(max)) + 0x0000000000000008 + CAST(@grantree_sequence AS varbinary(8))
    + CAST(CAST(DATALENGTH(@grantree_at) AS bigint) AS varbinary(8)) + CAST(@grantree_at AS varbinary(max))
    + CAST(CAST(DATALENGTH(@grantree_in) AS bigint) AS varbinary(8)) + CAST(@grantree_in AS varbinary(max))
    + CAST(CAST(DATALENGTH(@grantree_login) AS bigint) AS varbinary(8)) + CAST(@grantree_login AS varbinary(max))
    + CAST(CAST(DATALENGTH(@grantree_host) AS bigint) AS varbinary(8)) + CAST(@grantree_host AS varbinary(max))
    + CAST(CAST(DATALENGTH(@grantree_program) AS bigint) AS varbinary(8)) + CAST(@grantree_program AS varbinary(max))
    + CAST(CAST(DATALENGTH(@grantree_run) AS bigint) AS varbinary(8)) + CAST(@grantree_run AS varbinary(max))
    + CAST(CAST(DATALENGTH(@grantree_plan) AS bigint) AS varbinary(8)) + @grantree_plan
    + CAST(CAST(DATALENGTH(@grantree_statements) AS bigint) AS varbinary(8)) + @grantree_statements
    + CAST(CAST(DATALENGTH(@grantree_reverse) AS bigint) AS varbinary(8)) + @grantree_reverse
    + 0x0000000000000020 + @grantree_previous);
INSERT INTO {ledger} ([sequence], [at], [database], [login], [host], [program], [run], [plan], [statements], [reverse], [previous], [hash])
VALUES (@grantree_sequence, CONVERT(datetime2(7), @grantree_at, 121), @grantree_in, @grantree_login, @grantree_host, @grantree_program, @grantree_run, @grantree_plan, @grantree_statements, @grantree_reverse, @grantree_previous, @grantree_hash);
IF NOT EXISTS (SELECT * FROM {ledger} AS l WHERE l.[sequence] = @grantree_sequence AND l.[hash] = @grantree_hash AND l.[statements] = @grantree_statements)
BEGIN
    THROW 50002, N'the row of the ledger is not there as it was written: is there a trigger on the table?', 1;
END;
