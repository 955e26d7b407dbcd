# Prints a C file with comments and the insides of strings blanked; lines keep their numbers.
use strict;
use warnings;
local $/;
my $text = <>;
sub blank { my $s = shift; $s =~ s/[^\n]/ /g; return $s; }
$text =~ s{(/\*.*?\*/|//[^\n]*)|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)+)'}
          {defined $1 ? blank($1) : defined $2 ? '"' . blank($2) . '"' : "'" . blank($3) . "'"}gse;
print $text;
