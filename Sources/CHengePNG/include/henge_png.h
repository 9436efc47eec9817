#ifndef HENGE_PNG_H
#define HENGE_PNG_H
#endif
