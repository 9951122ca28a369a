package sandbox_test

import (
	"database/sql"
	"sync"
	"testing"
)

// TestTextsRunAgain: a text that ran before answers as a new one does, whatever has changed since, and whoever asks.
func TestTextsRunAgain(t *testing.T) {
	s := north(t)
	a, bob := sa(t, s, "North"), connect(t, s, "bob", "Bob-1234567", "North")
	n := func(v any) []any { return []any{sql.Named("n", v)} }
	const (
		tables  = "SELECT name FROM sys.tables WHERE name LIKE N'again%' ORDER BY name"
		letters = "SELECT COUNT(*) FROM sys.schemas WHERE name = N'DBO'"
		caller  = "SELECT USER_NAME() FROM sys.databases WHERE database_id = 1"
		several = "SELECT COUNT(*) FROM (SELECT TOP (XACT_STATE() + 1) name FROM sys.databases ORDER BY name) AS d"
		value   = "SELECT @n FROM sys.databases WHERE database_id = 1"
		global  = "SELECT @@TRANCOUNT FROM sys.databases WHERE database_id = 1"
		divided = "SELECT 6 / @n FROM sys.databases WHERE database_id = 1"
		other   = "SELECT COUNT(*) FROM Again.sys.tables"
		old     = "SELECT COUNT(*) FROM sysobjects WHERE name = N'again1'"
		time    = "WAITFOR DELAY '00:00:00.020'; SELECT CASE WHEN SYSDATETIME() < last_request_start_time THEN 1 WHEN DATEDIFF(ms, last_request_start_time, SYSDATETIME()) > 5000 THEN 2 ELSE 0 END FROM sys.dm_exec_sessions WHERE session_id = @@SPID"
		loop    = "DECLARE @i int = 0; WHILE @i < 2 BEGIN SET @i += 1; SELECT @i FROM sys.databases WHERE database_id = 1 END"
	)
	for i, step := range []struct {
		as       *session
		do, text string
		args     []any
		want     string
	}{
		{a, "", tables, nil, ""},
		{a, "CREATE TABLE again1 (id int); CREATE TABLE again2 (id int)", tables, nil, "again1\nagain2"},
		{bob, "", tables, nil, ""},
		{a, "GRANT SELECT ON again1 TO bob", old, nil, "1"},
		{bob, "", tables, nil, "again1"},
		{a, "", caller, nil, "dbo"},
		{bob, "", caller, nil, "bob"},
		{a, "", several, nil, "1"},
		{a, "", global, nil, "0"},
		{a, "BEGIN TRANSACTION", several, nil, "2"},
		{a, "", global, nil, "1"},
		{a, "ROLLBACK", several, nil, "1"},
		{a, "", value, n(1), "1"},
		{a, "", value, n(2), "2"},
		{a, "", value, n("x"), "x"},
		{a, "", value, n([]byte("y")), "y"},
		{a, "", value, n([]byte("z")), "z"},
		{a, "", divided, n(2), "3"},
		{a, "", time, nil, "0"},
		{a, "", loop, nil, "1\n\n2"},
		{a, "CREATE DATABASE Again COLLATE Latin1_General_CS_AS", other, nil, "0"},
		{a, "CREATE TABLE Again.dbo.t (id int)", other, nil, "1"},
		{a, "", letters, nil, "1"},
		{a, "USE Again", letters, nil, "0"},
		{a, "USE North; CREATE TABLE sysobjects (name sysname)", old, nil, "0"},
	} {
		if step.do != "" {
			step.as.exec(step.do)
		}
		for range 2 {
			if got := step.as.rows(step.text, step.args...); got != step.want {
				t.Errorf("%d, %s: %q, want %q", i, step.text, got, step.want)
			}
		}
	}
	if _, err := a.query(divided, n(0)...); numbersOf(err) == nil {
		t.Error("it divides by 0")
	}
	a.want(divided, "2", n(3)...)
}

// TestTextsRunAtOnce: sessions that run one text at once are told of themselves, each.
func TestTextsRunAtOnce(t *testing.T) {
	s := north(t)
	var all sync.WaitGroup
	for range 4 {
		for _, one := range []struct{ name, password string }{{"bob", "Bob-1234567"}, {"eve", "Eve-1234567"}} {
			who := connect(t, s, one.name, one.password, "North")
			all.Go(func() {
				for range 50 {
					if got, err := who.query("SELECT USER_NAME() FROM sys.databases WHERE database_id = 1"); got != one.name {
						t.Errorf("%s is %s: %v", one.name, got, err)
					}
				}
			})
		}
	}
	all.Wait()
}
