package sandbox

import (
	"slices"
	"strings"
	"time"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// setOnOff is SET option, … ON or OFF.
func (x *run) setOnOff(st *tsql.SetOnOff) error {
	for _, name := range st.Options {
		if err := x.s.setOption(name, st.On); err != nil {
			return err
		}
	}
	return nil
}

// setOption sets one ON/OFF option. What would change results in a way that the sandbox does not follow is refused.
func (s *session) setOption(name string, on bool) error {
	if name == "ANSI_DEFAULTS" { // the options of ansiDefaults
		for _, part := range []string{"ANSI_NULLS", "ANSI_NULL_DFLT_ON", "ANSI_PADDING", "ANSI_WARNINGS", "CURSOR_CLOSE_ON_COMMIT", "IMPLICIT_TRANSACTIONS", "QUOTED_IDENTIFIER"} {
			if err := s.setOption(part, on); err != nil {
				return err
			}
		}
		return nil
	}
	if only := map[string]*bool{"NOEXEC": &s.settings.noExec, "FMTONLY": &s.settings.fmtOnly}[name]; only != nil {
		*only = on
		return nil
	}
	bit, known := optionBits[name]
	switch {
	case !known && on:
		return unsupportedOption(name)
	case !known:
		return nil // SHOWPLAN_TEXT and so on are off
	case !on && (bit == optAnsiNulls || bit == optConcatNull), on && bit == optNumericRoundAbort:
		return unsupportedOption(name)
	case on:
		s.settings.options |= bit
	default:
		s.settings.options &^= bit
	}
	if on { // each of these two turns the other off
		s.settings.options &^= map[int]int{optAnsiNullDefaultOn: optAnsiNullDefaultOff, optAnsiNullDefaultOff: optAnsiNullDefaultOn}[bit]
	}
	return nil
}

// setOption is SET with a value.
func (x *run) setOption(st *tsql.SetOption) error {
	switch st.Name {
	case "CONTEXT_INFO":
		return x.setContextInfo(st.Value)
	case "LANGUAGE":
		return x.setLanguage(st.Value)
	case "DEADLOCK_PRIORITY":
		return x.setDeadlockPriority(st.Value)
	case "DATEFORMAT":
		text, err := x.text(st.Value)
		if err == nil && !strings.EqualFold(text, "mdy") {
			err = unsupportedOption("DATEFORMAT " + text)
		}
		return err
	}
	n, err := x.integer(st.Value)
	if err != nil {
		return err
	}
	return x.s.setNumber(st.Name, n)
}

// setNumber is SET with a number.
func (s *session) setNumber(name string, n int64) error {
	switch name {
	case "LOCK_TIMEOUT":
		s.settings.lockTimeout = time.Duration(n) * time.Millisecond
		if n < 0 {
			s.settings.lockTimeout = -1
		}
	case "TEXTSIZE":
		if n < 0 {
			n = 2147483647
		}
		if n == 0 {
			n = 4096 // "resets the size to the default value of 4 KB"
		}
		s.settings.textSize = int(n)
	case "QUERY_GOVERNOR_COST_LIMIT":
	default:
		only, known := map[string]int64{"DATEFIRST": 7, "ROWCOUNT": 0}[name]
		if !known || n != only {
			return unsupportedOption(name)
		}
	}
	return nil
}

// setDeadlockPriority is SET DEADLOCK_PRIORITY.
func (x *run) setDeadlockPriority(e tsql.Expr) error {
	text, err := x.text(e)
	if err != nil {
		return err
	}
	n, named := map[string]int64{"LOW": -5, "NORMAL": 0, "HIGH": 5}[strings.ToUpper(text)]
	if !named {
		n, err = x.integer(e)
	}
	switch {
	case err != nil:
		return err
	case n < -10 || n > 10:
		return refuse(1090, n)
	}
	x.s.settings.deadlockPriority = int(n)
	return nil
}

// languages are the names and aliases of the languages of SQL Server (sys.syslanguages), in lower case; the first two are
// those of the one that this server speaks.
var languages = strings.Split("us_english,english,deutsch,german,français,french,日本語,japanese,dansk,danish,español,spanish,italiano,italian,"+
	"nederlands,dutch,norsk,norwegian,português,portuguese,suomi,finnish,svenska,swedish,čeština,czech,magyar,hungarian,polski,polish,"+
	"română,romanian,hrvatski,croatian,slovenčina,slovak,slovenski,slovenian,ελληνικά,greek,български,bulgarian,русский,russian,türkçe,turkish,"+
	"british,british english,eesti,estonian,latviešu,latvian,lietuvių,lithuanian,português (brasil),brazilian,繁體中文,traditional chinese,한국어,korean,"+
	"简体中文,simplified chinese,arabic,ไทย,thai,norsk (bokmål),bokmål", ",")

// speaks refuses a language that the server does not speak with 40517, and what is none with the number.
func speaks(language string, number int32) error {
	switch slices.Index(languages, strings.ToLower(language)) {
	case 0, 1:
		return nil
	case -1:
		return refuse(number, language)
	}
	return unsupportedOption("LANGUAGE " + language)
}

// mayDefault refuses the DEFAULT_LANGUAGE of a login or a user that is not the server's, by name or number.
func mayDefault(o *tsql.Ident) error {
	if o == nil || o.Value == "1033" || o.Value == "0" || strings.EqualFold(o.Value, "NONE") {
		return nil
	}
	return speaks(o.Value, 15033)
}

// setLanguage is SET LANGUAGE.
func (x *run) setLanguage(e tsql.Expr) error {
	text, err := x.text(e)
	if err == nil {
		err = speaks(text, 2740)
	}
	if err == nil {
		x.s.out.LanguageChanged(defaultLanguage, x.s.settings.language)
	}
	return err
}

// setContextInfo is SET CONTEXT_INFO: 128 bytes.
func (x *run) setContextInfo(e tsql.Expr) error {
	value, typ, err := x.eval(e)
	if err != nil {
		return err
	}
	value, err = query.Convert(value, typ, tsql.DataType{Name: "varbinary", Length: 128}, false)
	if err != nil {
		return err
	}
	info := make([]byte, 128)
	b, _ := value.([]byte)
	copy(info, b)
	x.s.settings.contextInfo = string(info)
	return nil
}

// isolationLevels are the levels by their names.
var isolationLevels = map[string]byte{
	"READ UNCOMMITTED": tds.IsolationReadUncommitted, "READ COMMITTED": tds.IsolationReadCommitted, "REPEATABLE READ": tds.IsolationRepeatableRead,
	"SERIALIZABLE": tds.IsolationSerializable, "SNAPSHOT": tds.IsolationSnapshot,
}

// setIsolation is SET TRANSACTION ISOLATION LEVEL. Every level reads committed versions here; it is kept.
func (x *run) setIsolation(st *tsql.SetIsolation) error {
	x.s.settings.isolation = isolationLevels[st.Level]
	return nil
}

// setIdentityInsert is SET IDENTITY_INSERT, which one table at a time can have.
func (x *run) setIdentityInsert(st *tsql.SetIdentityInsert) error {
	rel, err := x.scope().Relation(st.Table)
	if err != nil {
		return refuse(1088, st.Table)
	}
	if !slices.ContainsFunc(rel.Columns, func(c query.Column) bool { return c.Identity }) {
		return refuse(8106, st.Table)
	}
	key, _ := rel.Key.(relationKey)
	id, set := key.identity(), &x.s.settings
	if st.Table.IsTemp() {
		id = x.s.temp(st.Table.Name).id()
	}
	switch {
	case st.On && set.identityInsert != nil && set.identityInsert != id:
		return refuse(8107, set.identityTable, st.Table)
	case st.On:
		set.identityInsert, set.identityTable = id, rel.Database+"."+rel.Schema+"."+rel.Name
	case set.identityInsert == id:
		set.identityInsert = nil
	}
	return nil
}

// skips reports whether a statement does not run, under NOEXEC all but the SET that ends it, under FMTONLY all that neither
// returns rows nor leads to what does.
func (set *settings) skips(st tsql.Statement) bool {
	option, ok := st.(*tsql.SetOnOff)
	switch {
	case set.noExec:
		return !ok || !slices.Contains(option.Options, "NOEXEC")
	case set.fmtOnly:
		switch st.(type) {
		case *tsql.While: // nothing would end it
			return true
		case *tsql.SetOnOff, *tsql.SelectStatement, *tsql.Execute, *tsql.ExecuteText:
			return false
		}
		return statementOf(st).manner != steers
	}
	return false
}
