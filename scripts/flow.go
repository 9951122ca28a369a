package scripts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

// flow is what decides whether the next statement runs.
type flow struct {
	stop  string // what ended the batch: "RETURN of line 2"
	off   string // what ended execution until it is on again: "SET NOEXEC of line 2"
	maybe bool   // the one of the two may not have run
	told  bool   // that what follows is not read
	tries int    // how many TRY blocks are around
}

// at names a place by a word and its line.
func (r *reader) at(word string, s tsql.Statement) string {
	return fmt.Sprintf("%s of line %d", word, r.line+s.Position().Line-1)
}

// statement carries out one statement, where it is certain that it runs.
func (r *reader) statement(s tsql.Statement) {
	off := noExec(s)
	switch {
	case quiet(s) && off == "":
		return
	case r.stop != "":
		r.passed(s, r.stop, "to the end of the batch")
		return
	case strings.HasPrefix(off, "-"):
		r.off = ""
		return
	case r.off != "":
		r.passed(s, r.off, "until it is OFF")
		return
	case off != "":
		r.off, r.maybe, r.told = r.at("SET "+off, s), false, false
		return
	}
	switch s := s.(type) {
	case *tsql.If:
		r.condition(s)
	case *tsql.While:
		r.depends(s.Body, r.at("WHILE", s))
	case *tsql.Block:
		r.statements(s.Statements)
	case *tsql.TryCatch:
		r.tries++
		r.statements(s.Try)
		r.tries--
		for _, c := range s.Catch {
			r.caught(c, r.at("TRY", s))
		}
	case *tsql.Return:
		r.end("RETURN", s, false)
	case *tsql.Throw:
		r.end("THROW", s, r.tries > 0)
	case *tsql.Goto:
		r.end("GOTO", s, true)
	case *tsql.RaisError:
		if r.tries > 0 && raises(s) {
			r.end("RAISERROR", s, true)
		}
	case *tsql.BeginTransaction, *tsql.Commit, *tsql.SaveTransaction, *tsql.Rollback:
		r.transaction(s)
	default:
		r.runs(s)
	}
}

// end says that the batch ends; maybe, that it may go on.
func (r *reader) end(word string, s tsql.Statement, maybe bool) {
	r.stop, r.maybe, r.told = r.at(word, s), maybe, false
}

// passed says, once, that what follows something is not read.
func (r *reader) passed(s tsql.Statement, after, until string) {
	if _, label := s.(*tsql.Label); label {
		return
	}
	if !r.told {
		r.told = true
		r.skip(r.line+s.Position().Line-1, "what follows the %s is not read, %s", after, until)
	}
	if r.maybe && uses(s) {
		r.lost(s, "USE is not read")
	}
	if off := noExec(s); r.maybe && off != "" && off[0] != '-' {
		r.off = r.at("SET "+off, s)
	}
}

// quiet reports that nothing that is held comes of a statement.
func quiet(s tsql.Statement) bool {
	switch s.(type) {
	case *tsql.SetOnOff, *tsql.SetOption, *tsql.SetVariable, *tsql.SetIsolation, *tsql.Declare, *tsql.PrintStatement, *tsql.SelectStatement, *tsql.WaitFor, *tsql.Break, *tsql.Continue, *tsql.Label:
		return true
	}
	return false
}

// noExec returns the option that turns execution off, after a "-" where it turns it
// on again, or "".
func noExec(s tsql.Statement) string {
	set, ok := s.(*tsql.SetOnOff)
	if !ok {
		return ""
	}
	for _, o := range []string{"NOEXEC", "PARSEONLY", "FMTONLY"} {
		switch {
		case slices.Contains(set.Options, o) && set.On:
			return o
		case slices.Contains(set.Options, o):
			return "-" + o
		}
	}
	return ""
}

// raises reports whether RAISERROR is an error that a CATCH sees.
func raises(s *tsql.RaisError) bool {
	v, ok := s.Severity.(*tsql.Literal)
	if !ok {
		return true
	}
	n, err := strconv.Atoi(v.Text)
	return err != nil || n > 10
}

// uses reports whether there is a USE in a statement.
func uses(s tsql.Statement) bool {
	switch s := s.(type) {
	case *tsql.Use:
		return true
	case *tsql.If:
		return uses(s.Then) || s.Else != nil && uses(s.Else)
	case *tsql.While:
		return uses(s.Body)
	case *tsql.Block:
		return slices.ContainsFunc(s.Statements, uses)
	case *tsql.TryCatch:
		return slices.ContainsFunc(s.Try, uses) || slices.ContainsFunc(s.Catch, uses)
	case *tsql.Unsupported:
		return !module(s) && namesUse(s.Text)
	}
	return false
}

// module reports whether a statement is a module: it has the rest of its batch for
// its body.
func module(s *tsql.Unsupported) bool {
	return strings.HasSuffix(s.What, "PROCEDURE") || strings.HasSuffix(s.What, "FUNCTION") || strings.HasPrefix(s.What, "CREATE") && strings.HasSuffix(s.What, "TRIGGER")
}

// namesUse reports whether a text has the word USE.
func namesUse(text string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" \t\r\n;[]\"", c) }), func(word string) bool {
		return (grants.Collation{}).Equal(word, "USE")
	})
}

// lost says that the database of what follows is not known.
func (r *reader) lost(s tsql.Statement, why string) {
	r.lostAt(r.line+s.Position().Line-1, why)
}

func (r *reader) lostAt(line int, why string) {
	r.in, r.database = nil, ""
	r.skip(line, "%s: what follows is not read, up to the next USE", why)
}

// condition carries out of an IF what comes to the same whether it runs or not.
func (r *reader) condition(s *tsql.If) {
	names, absent, ok := idiom(s.Cond)
	list := []tsql.Statement{s.Then}
	if b, block := s.Then.(*tsql.Block); block {
		list = b.Statements
	}
	by := r.at("IF", s)
	for _, one := range list {
		name, creates, drops := makes(one)
		if ok && (creates && absent || drops && !absent) && slices.ContainsFunc(names, func(n string) bool { return sameName(n, name) }) {
			r.runs(one)
			continue
		}
		r.depends(one, by)
	}
	if s.Else != nil {
		r.depends(s.Else, by)
	}
}

// depends tells of statements that run or do not, as something decides.
func (r *reader) depends(s tsql.Statement, by string) {
	off := noExec(s)
	if quiet(s) && off == "" {
		return
	}
	why := "whether it runs depends on the " + by
	switch s := s.(type) {
	case *tsql.If:
		r.depends(s.Then, by)
		if s.Else != nil {
			r.depends(s.Else, by)
		}
	case *tsql.While:
		r.depends(s.Body, by)
	case *tsql.Block:
		for _, one := range s.Statements {
			r.depends(one, by)
		}
	case *tsql.TryCatch:
		for _, one := range s.Try {
			r.depends(one, by)
		}
		for _, one := range s.Catch {
			r.caught(one, by)
		}
	case *tsql.Return:
		r.end("RETURN", s, true)
	case *tsql.Throw:
		r.end("THROW", s, true)
	case *tsql.Goto:
		r.end("GOTO", s, true)
	case *tsql.RaisError:
		if r.tries > 0 && raises(s) {
			r.end("RAISERROR", s, true)
		}
	case *tsql.SetOnOff:
		if !strings.HasPrefix(off, "-") {
			r.off, r.maybe, r.told = r.at("SET "+off, s), true, false
		}
	case *tsql.BeginTransaction, *tsql.SaveTransaction:
	case *tsql.Commit:
		r.open, r.saved = 0, nil
	case *tsql.Use:
		r.lost(s, "USE is not read: "+why)
	default:
		r.skipped(s, why)
		if _, rollback := s.(*tsql.Rollback); rollback {
			r.open, r.saved = 0, nil
		}
		if uses(s) {
			r.lost(s, "the statement names a database with USE")
		}
	}
}

// caught tells of what runs only after an error, and says nothing of what ends
// the work then.
func (r *reader) caught(s tsql.Statement, by string) {
	switch s := s.(type) {
	case *tsql.If:
		r.caught(s.Then, by)
		if s.Else != nil {
			r.caught(s.Else, by)
		}
	case *tsql.Block:
		for _, one := range s.Statements {
			r.caught(one, by)
		}
	case *tsql.Return, *tsql.Throw, *tsql.RaisError, *tsql.Goto, *tsql.Rollback, *tsql.Commit, *tsql.SetOnOff:
	default:
		r.depends(s, by)
	}
}
