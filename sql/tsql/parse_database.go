package tsql

import "strconv"

// databaseFlags are the database options without a value.
var databaseFlags = wordSet(`ONLINE OFFLINE EMERGENCY READ_ONLY READ_WRITE SINGLE_USER RESTRICTED_USER MULTI_USER
ENABLE_BROKER DISABLE_BROKER NEW_BROKER ERROR_BROKER_CONVERSATIONS`)

// databaseSwitches are the database options that are ON or OFF ("ALTER DATABASE
// SET Options").
var databaseSwitches = wordSet(`TRUSTWORTHY DB_CHAINING ALLOW_SNAPSHOT_ISOLATION READ_COMMITTED_SNAPSHOT
AUTO_CLOSE AUTO_SHRINK AUTO_CREATE_STATISTICS AUTO_UPDATE_STATISTICS AUTO_UPDATE_STATISTICS_ASYNC
ANSI_NULL_DEFAULT ANSI_NULLS ANSI_PADDING ANSI_WARNINGS ARITHABORT CONCAT_NULL_YIELDS_NULL NUMERIC_ROUNDABORT
QUOTED_IDENTIFIER RECURSIVE_TRIGGERS CURSOR_CLOSE_ON_COMMIT DATE_CORRELATION_OPTIMIZATION HONOR_BROKER_PRIORITY
NESTED_TRIGGERS TRANSFORM_NOISE_WORDS ENCRYPTION MIXED_PAGE_ALLOCATION TEMPORAL_HISTORY_RETENTION
MEMORY_OPTIMIZED_ELEVATE_TO_SNAPSHOT ACCELERATED_DATABASE_RECOVERY LEDGER`)

// databaseWords are the database options with a word after them.
var databaseWords = wordSet(`RECOVERY PAGE_VERIFY PARAMETERIZATION CURSOR_DEFAULT DELAYED_DURABILITY`)

// databaseValues are the database options with = and a word or number.
var databaseValues = wordSet(`COMPATIBILITY_LEVEL CONTAINMENT DEFAULT_LANGUAGE DEFAULT_FULLTEXT_LANGUAGE
TWO_DIGIT_YEAR_CUTOFF CATALOG_COLLATION`)

func (p *parser) databaseOption() DatabaseOption {
	t := p.tok()
	o := DatabaseOption{Pos: t.Pos, Name: t.word}
	switch {
	case databaseFlags[t.word]:
		p.at++
	case databaseSwitches[t.word]:
		p.at++
		p.accept("=")
		o.Value = p.oneOf("ON", "OFF")
	case databaseWords[t.word]:
		p.at++
		p.accept("=")
		o.Value = p.optionWord()
	case databaseValues[t.word]:
		p.at++
		p.expect("=")
		o.Value = p.optionWord()
	default:
		p.fail()
	}
	return o
}

// optionWord reads a word, reserved or not, or a number.
func (p *parser) optionWord() string {
	t := p.tok()
	if t.kind != tokWord && t.kind != tokInt && t.kind != tokQuoted {
		p.fail()
	}
	p.at++
	return upperASCII(t.text)
}

// termination reads what becomes of other sessions.
func (p *parser) termination() string {
	switch {
	case p.accept("NO_WAIT"):
		return "NO_WAIT"
	case p.accept("ROLLBACK", "IMMEDIATE"):
		return "ROLLBACK IMMEDIATE"
	}
	p.expect("ROLLBACK", "AFTER")
	text := "ROLLBACK AFTER " + strconv.Itoa(p.number()) + " SECONDS"
	p.accept("SECONDS")
	return text
}
