package finding

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	views := []string{"imvw_craft", "imvw_line", "imvw_part", "imvw_project"}
	for _, c := range []struct{ name, word, want string }{
		{"the same", "imvw_part", "imvw_part"},
		{"another case", "IMVW_PART", "imvw_part"},
		{"two letters swapped count once", "imvw_prat", "imvw_part"},
		{"a letter too many", "imvw_liine", "imvw_line"},
		{"nothing near", "customers", ""},
		{"no word", "", ""},
		{"a word with no end", strings.Repeat("imvw_part", 1<<20), ""},
		{"a letter short of the limit", "imvw_projectabc", "imvw_project"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Nearest(c.word, views); got != c.want {
				t.Errorf("Nearest(%q) = %q, want %q", c.word, got, c.want)
			}
		})
	}
}

func TestOneSlip(t *testing.T) {
	views := []string{"imvw_misc_costs", "imvw_misc_cost", "imvw_pay_type"}
	for _, c := range []struct{ name, word, want string }{
		{"a letter less", "imvw_pay_typ", "imvw_pay_type"},
		{"a letter more", "imvw_pay_types", "imvw_pay_type"},
		{"another letter, another case", "IMVW_pay_tipe", "imvw_pay_type"},
		{"two swapped", "imvw_pya_type", "imvw_pay_type"},
		{"two letters less", "imvw_pay_ty", ""},
		{"the same", "imvw_pay_type", ""},
		{"two candidates", "imvw_misc_costt", "imvw_misc_cost"},
		{"a word with no end", strings.Repeat("x", 1<<20), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := OneSlip(c.word, views); got != c.want {
				t.Errorf("OneSlip(%q) = %q, want %q", c.word, got, c.want)
			}
		})
	}
}
