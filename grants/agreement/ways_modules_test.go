package agreement

// modulesIn are procedures and functions that somebody may run.
func modulesIn() []way {
	const procedure = "CREATE PROCEDURE dbo.usp_pay AS SELECT id, amount FROM dbo.v_pay;"
	crew := func(text, permission, on string) string {
		return "\nGO\n" + text + "\nGO\nGRANT " + permission + " ON " + on + " TO Crew;"
	}
	in := func(name, do string, words ...string) way {
		return way{name: name, note: true, do: do, code: "module", words: append(words, `"gtw_ann"`, "may run it")}
	}
	const run = " (the role Crew is granted EXECUTE)"
	return []way{
		in("a procedure that reads a view", crew(procedure, "EXECUTE", "dbo.usp_pay"), "dbo.usp_pay reaches dbo.v_pay, and").
			around("gtw_ann", "v_pay", "SELECT", "dbo.usp_pay is open to EXECUTE, and reaches dbo.v_pay"+run),
		in("a procedure that changes the table behind a view", crew("CREATE PROCEDURE dbo.usp_pay AS DELETE FROM dbo.t_pay;", "EXECUTE", "SCHEMA::dbo"), "dbo.usp_pay reaches dbo.t_pay, which stands behind dbo.v_pay").
			around("gtw_ann", "v_pay", "DELETE", "dbo.usp_pay is open to EXECUTE, and reaches dbo.t_pay, which stands behind dbo.v_pay (the role Crew is granted EXECUTE on its schema)"),
		in("a scalar function", crew("CREATE FUNCTION dbo.fn_pay() RETURNS int AS BEGIN DECLARE @n int; SELECT @n = MAX(amount) FROM dbo.v_pay; RETURN @n; END", "EXECUTE", "dbo.fn_pay"), "dbo.fn_pay reaches dbo.v_pay").
			around("gtw_ann", "v_pay", "SELECT", "dbo.fn_pay is open to EXECUTE, and reaches dbo.v_pay"+run),
		in("an inline function", crew("CREATE FUNCTION dbo.fn_pay() RETURNS TABLE AS RETURN SELECT id, amount FROM dbo.v_pay;", "SELECT", "dbo.fn_pay"), "dbo.fn_pay reaches dbo.v_pay").
			around("gtw_ann", "v_pay", "SELECT", "dbo.fn_pay is open to SELECT, and reaches dbo.v_pay (the role Crew is granted SELECT)"),
		in("a procedure that runs another", crew(procedure+"\nGO\nCREATE PROCEDURE dbo.usp_all AS EXEC dbo.usp_pay;", "EXECUTE", "dbo.usp_all"), "dbo.usp_all reaches dbo.v_pay").
			around("gtw_ann", "v_pay", "SELECT", "dbo.usp_all is open to EXECUTE, and reaches dbo.v_pay, through dbo.usp_pay"+run),
		in("a synonym of a procedure", crew(procedure+"\nGO\nCREATE SYNONYM dbo.pay FOR dbo.usp_pay;", "EXECUTE", "dbo.pay"), "dbo.pay reaches dbo.v_pay").
			around("gtw_ann", "v_pay", "SELECT", "dbo.pay is open to EXECUTE, and reaches dbo.v_pay, through dbo.usp_pay"+run),
		in("another's procedure that runs as dbo", eveUser+crew("CREATE PROCEDURE dbo.usp_pay WITH EXECUTE AS 'dbo' AS SELECT id, amount FROM dbo.v_pay;", "EXECUTE", "dbo.usp_pay")+"\nALTER AUTHORIZATION ON OBJECT::dbo.usp_pay TO gtw_eve;\nGRANT EXECUTE ON dbo.usp_pay TO Crew;",
			`dbo.usp_pay reaches dbo.v_pay, running as "dbo"`).
			around("gtw_ann", "v_pay", "SELECT", "dbo.usp_pay is open to EXECUTE, and reaches dbo.v_pay, running as dbo"+run),
		way{name: "a procedure that runs text", do: crew("CREATE PROCEDURE dbo.usp_pay WITH EXECUTE AS OWNER AS EXEC (N'SELECT id, amount FROM dbo.v_pay');", "EXECUTE", "dbo.usp_pay"), code: "module-not-verified", words: []string{"dbo.usp_pay", "made at run time", "[[module]]"}}.
			unread("gtw_ann", "v_pay", "what dbo.usp_pay reaches cannot be read (it runs text made at run time, or acts as somebody else)").exits(0, 3, warned),
		way{name: "an encrypted procedure", do: crew("CREATE PROCEDURE dbo.usp_pay WITH ENCRYPTION AS SELECT id, amount FROM dbo.v_pay;", "EXECUTE", "dbo.usp_pay"), code: "module-not-verified", words: []string{"its text is hidden"}}.
			unread("gtw_ann", "v_pay", "what dbo.usp_pay reaches cannot be read (its text is hidden)").exits(0, 3, warned),
	}
}
