"""What Amazon DocumentDB 5.0.0 (an instance cluster) supports, construct by construct.

Sources, of the Amazon DocumentDB developer guide, as they read in August 2026:
"Supported MongoDB APIs, operations, and data types" (mongo-apis), column 5.0;
"Functional differences" (functional-differences) for $lookup, retryable writes and field names;
"Partial index" (partial-index) for what partialFilterExpression may hold.
What came with a patch of 5.0 ($pow, $rand, $dateFromParts and $dateToParts in 5.0.1) is left out:
a cluster that has not taken the patch refuses it.
"""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMANDS = _names(
    """
    create createIndexes currentOp drop dropDatabase dropIndexes getAuditConfig killCursors
    killOp listCollections listDatabases listIndexes reIndex renameCollection setAuditConfig
    aggregate count distinct logout buildInfo collStats connectionStatus dataSize dbStats
    explain hostInfo listCommands serverStatus top delete find findAndModify getMore insert
    update createRole dropAllRolesFromDatabase dropRole grantRolesToRole revokeRolesFromRole
    revokePrivilegesFromRole rolesInfo updateRole abortTransaction commitTransaction
    killAllSessions killSessions startSession createUser dropAllUsersFromDatabase dropUser
    grantRolesToUser revokeRolesFromUser updateUser usersInfo hello isMaster ping
    collMod
    """
)

# What pymongo sends of itself. endSessions is refused, but pymongo does not read the answer.
DRIVER_COMMANDS = _names("saslStart saslContinue authenticate endSessions")

QUERY_OPERATORS = _names(
    """
    $all $elemMatch $size $bitsAllSet $bitsAnySet $bitsAllClear $bitsAnyClear $comment $eq $gt
    $gte $in $lt $lte $ne $nin $exists $type $expr $jsonSchema $mod $regex $options $text $and
    $nor $not $or $geoIntersects $geoWithin $near $nearSphere $geometry $maxDistance
    $minDistance $search $caseSensitive $diacriticSensitive $language
    """
)

PROJECTION_OPERATORS = _names("$elemMatch $meta $slice")

UPDATE_OPERATORS = _names(
    """
    $addToSet $pop $pullAll $pull $push $bit $currentDate $inc $max $min $mul $rename $set
    $setOnInsert $unset $each $position $slice $sort
    """
)

STAGES = _names(
    """
    $addFields $changeStream $collStats $count $currentOp $geoNear $group $indexStats $limit
    $lookup $match $out $project $redact $replaceRoot $sample $skip $sort $unwind $search
    """
)

ACCUMULATORS = _names("$addToSet $avg $first $last $max $min $push $sum $mergeObjects")

EXPRESSIONS = _names(
    """
    $abs $add $ceil $divide $exp $floor $ln $log $log10 $mod $multiply $sqrt $subtract
    $arrayElemAt $arrayToObject $concatArrays $filter $first $in $indexOfArray $isArray $last
    $objectToArray $range $reverseArray $reduce $size $slice $zip $and $not $or $cmp $eq $gt
    $gte $lt $lte $ne $cond $ifNull $switch $type $dateAdd $dateDiff $dateFromString
    $dateSubtract $dateToString $dayOfMonth $dayOfWeek $dayOfYear $hour $isoDayOfWeek $isoWeek
    $isoWeekYear $millisecond $minute $month $second $week $year $literal $mergeObjects
    $allElementsTrue $anyElementTrue $setDifference $setEquals $setIntersection $setIsSubset
    $setUnion $concat $indexOfBytes $indexOfCP $ltrim $regexFind $regexFindAll $regexMatch
    $replaceAll $replaceOne $rtrim $split $strcasecmp $strLenBytes $strLenCP $substr
    $substrBytes $substrCP $toLower $toUpper $trim $meta $convert $toBool $toDate $toDecimal
    $toDouble $toInt $toLong $toObjectId $toString $let $map $max $min $avg $sum
    """
)

VARIABLES = _names("$$DESCEND $$KEEP $$PRUNE $$ROOT")

INDEX_TYPES = _names("text 2dsphere vector")

INDEX_OPTIONS = _names(
    """
    v key name ns background unique sparse expireAfterSeconds partialFilterExpression weights
    default_language language_override textIndexVersion 2dsphereIndexVersion vectorOptions
    """
)

PARTIAL_INDEX_OPERATORS = _names("$eq $exists $and $gt $gte $lt $lte")
